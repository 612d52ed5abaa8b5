import "./myday.css";
import { useQuery } from "@tanstack/react-query";
import { CirclePlus, Plus, Sun, Upload } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useNavigate } from "@tanstack/react-router";
import { screen } from "~/lib/i18n";
import { useTranslation } from "react-i18next";
import { fetchPage, firstPageQuery } from "~/api/records";
import { rightsQuery } from "~/api/session";
import type { RecordData } from "~/api/types";
import { formatDayLong } from "~/lib/format";
import { useClock } from "~/lib/clock";
import { useCan, useCapability, useObject } from "~/metadata/registry";
import { useStages } from "~/records/detail/stages";
import type { ComposerKind } from "~/records/timeline/activity";
import { useShell } from "~/records/shellContext";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/States";
import { Changed } from "./Changed";
import { Deals } from "./Deals";
import { Figures } from "./Figures";
import { Leads } from "./Leads";
import { Meetings } from "./Meetings";
import { noStepQuestion, pastCloseQuestion, plusDays, rottingQuestion } from "./questions";
import { Tasks } from "./Tasks";
import { useTaskActions } from "./useTaskActions";

const PlanStep = lazy(() => screen(import("./PlanStep")));
const PickDay = lazy(() => screen(import("./PickDay")));
const ActivityDialog = lazy(() => screen(import("~/records/timeline/ActivityDialog")));

type Over = { kind: "plan"; deal: RecordData } | { kind: "pick"; task: RecordData } | { kind: ComposerKind; object: string; record: RecordData } | { kind: "newTask" };

/** What today asks for, most urgent first; everything can be answered where it stands. */
export function MyDay() {
  const { t } = useTranslation();
  const now = useClock(60_000);
  const today = plusDays(now, 0);
  const rights = useQuery(rightsQuery).data;
  const mayRead = (object: string) => rights?.objects[object]?.read === true;
  const [over, setOver] = useState<Over | null>(null);
  const opportunity = useObject("opportunity");
  const lead = useObject("lead");
  const { stages } = useStages(null, mayRead("opportunity") && mayRead("stage"));
  const rotting = rottingQuestion(stages.filter((stage) => stage.kind === "open"), today);
  const planNext = async (task: RecordData) => {
    const about = task.about as { id: string } | null;
    if (!about) return;
    const page = await fetchPage("opportunity", { filter: { field: "id", op: "eq", value: about.id }, limit: 1 });
    if (page.items[0]) setOver({ kind: "plan", deal: page.items[0] });
  };
  const actions = useTaskActions((task) => void planNext(task));
  const canTask = useCan("task").create;
  const first = useQuery({ ...firstPageQuery("task", { filter: { field: "owner", op: "eq", value: { me: true } }, limit: 1, fields: ["subject"] }), enabled: mayRead("task") });
  const deals = useQuery({ ...firstPageQuery("opportunity", { filter: { field: "owner", op: "eq", value: { me: true } }, limit: 1, fields: ["name"] }), enabled: mayRead("opportunity") });
  const fresh = rights !== undefined && (!mayRead("task") || first.data?.items.length === 0) && (!mayRead("opportunity") || deals.data?.items.length === 0);
  const dialogObject = over && "object" in over ? (over.object === "lead" ? lead : opportunity) : undefined;
  return (
    <>
      <header className="top">
        <h1 className="shrink-0">{t("myday.title")}</h1>
        <span className="truncate text-text-2">{formatDayLong(today)}</span>
        {canTask ? (
          <Button look="primary" className="ms-auto" icon={<Plus size={16} />} onClick={() => setOver({ kind: "newTask" })}>
            {t("timeline.addTask")}
          </Button>
        ) : null}
      </header>
      <div className="scroll">
        {fresh ? <FirstDay /> : null}
        {fresh || !rights ? null : <Figures mayRead={mayRead} />}
        {fresh || !rights ? null : (
          <div className="day-zones">
            <div className="day-side">
              {mayRead("meeting") ? <Meetings day={today} now={now} /> : null}
              <Changed day={today} mayRead={mayRead} />
            </div>
            <div className="day-main">
              {mayRead("task") ? <Tasks today={today} actions={actions} onPickDay={(task) => setOver({ kind: "pick", task })} /> : null}
              {mayRead("lead") ? <Leads day={today} onCall={(record) => setOver({ kind: "call", object: "lead", record })} /> : null}
              {mayRead("opportunity") ? (
                <>
                  <Deals kind="noStep" question={noStepQuestion(today)} onPlan={(deal) => setOver({ kind: "plan", deal })} onCall={(record) => setOver({ kind: "call", object: "opportunity", record })} />
                  <Deals kind="pastClose" question={pastCloseQuestion(today)} onPlan={(deal) => setOver({ kind: "plan", deal })} onCall={(record) => setOver({ kind: "call", object: "opportunity", record })} />
                  {rotting ? <Deals kind="rotting" question={rotting} onPlan={(deal) => setOver({ kind: "plan", deal })} onCall={(record) => setOver({ kind: "call", object: "opportunity", record })} /> : null}
                </>
              ) : null}
            </div>
          </div>
        )}
      </div>
      <Suspense>
        {over?.kind === "plan" ? <PlanStep deal={over.deal} onClose={() => setOver(null)} /> : null}
        {over?.kind === "newTask" ? <ActivityDialog kind="task" on={null} onClose={() => setOver(null)} /> : null}
        {over?.kind === "pick" ? (
          <PickDay
            task={over.task}
            onClose={() => setOver(null)}
            onPick={(day) => {
              setOver(null);
              void actions.move(over.task, day);
            }}
          />
        ) : null}
        {over && "object" in over && dialogObject ? <ActivityDialog kind={over.kind} on={{ object: dialogObject, record: over.record }} onClose={() => setOver(null)} /> : null}
      </Suspense>
    </>
  );
}

/** Nothing of one's own yet: what fills the day, and three ways to begin. */
function FirstDay() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { create } = useShell();
  const mayImport = useCapability("import");
  const canContact = useCan("contact").create;
  const canDeal = useCan("opportunity").create;
  return (
    <EmptyState icon={<Sun size={20} />} title={t("myday.empty.title")} text={t("myday.empty.text")}>
      {mayImport ? (
        <Button icon={<Upload size={16} />} onClick={() => void navigate({ to: "/imports" })}>
          {t("import.fromFile")}
        </Button>
      ) : null}
      {canContact ? (
        <Button icon={<CirclePlus size={16} />} onClick={() => create("contact")}>
          {t("myday.empty.contact")}
        </Button>
      ) : null}
      {canDeal ? (
        <Button icon={<CirclePlus size={16} />} onClick={() => create("opportunity")}>
          {t("myday.empty.deal")}
        </Button>
      ) : null}
    </EmptyState>
  );
}
