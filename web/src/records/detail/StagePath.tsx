import { Check, Trophy } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import type { RecordData } from "~/api/types";
import { cx } from "~/lib/cx";
import { hasBoard } from "~/records/list/stageField";
import { formatDateLong } from "~/lib/format";
import { screen } from "~/lib/i18n";
import type { ObjectDef } from "~/metadata/model";
import { Badge } from "~/ui/Badge";
import { Button } from "~/ui/Button";
import { StageMark } from "~/ui/StageMark";
import { showToast } from "~/ui/Toasts";
import { useClosure, type Outcome } from "./closure";
import { amountText, askedBy, daysInStage, useStages, type Stage } from "./stages";
import { useSave } from "./useSave";

const CloseDialog = lazy(() => screen(import("./CloseDialog")));
const StageFields = lazy(() => screen(import("./StageFields")));

/** Where the deal stands, what comes next, and the two ways to end it. A click on a step moves it there. */
export function StagePath({ object, record, mayEdit }: { object: ObjectDef; record: RecordData; mayEdit: boolean }) {
  const { t } = useTranslation();
  const applies = hasBoard(object);
  const { stages } = useStages(typeof record.pipeline === "string" ? record.pipeline : null, applies);
  const save = useSave(object.name);
  const closure = useClosure(object);
  const [closing, setClosing] = useState<Outcome | null>(null);
  const [asking, setAsking] = useState<Stage | null>(null);
  if (!applies || stages.length === 0) return null;
  const current = stages.find((stage) => stage.id === record.stage);
  const own = current ? stages.filter((stage) => stage.pipeline === current.pipeline) : stages;
  const open = own.filter((stage) => stage.kind === "open");
  const closed = current !== undefined && current.kind !== "open";
  const position = current?.position ?? -1;
  const days = daysInStage(record);
  const reason = typeof record.outcome_reason === "string" ? record.outcome_reason : "";

  const told = (moved: RecordData, name: string) => showToast({ text: t("board.moved", { what: String(record.name ?? ""), stage: name }), undo: () => void save(moved, { stage: record.stage }, true) });
  const move = async (stage: Stage) => {
    if (stage.id === record.stage) return;
    if (askedBy(object, record, stage).length) return setAsking(stage);
    const outcome = await save(record, { stage: stage.id }, true);
    if (outcome.kind === "saved") told(outcome.record, stage.name);
    else if (outcome.kind === "refused") showToast({ text: outcome.problem.errors[0]?.detail || outcome.problem.detail || t("state.error.server"), failed: true });
  };
  const win = async () => {
    try {
      await closure(record, "won");
    } catch (error) {
      const problem = asApiError(error);
      showToast({ text: problem.errors[0]?.detail || problem.detail || t("state.error.server"), failed: true });
    }
  };
  return (
    <section className="pathw" aria-label={t("path.title")}>
      <div className="mb-1.5 flex min-h-7 items-center gap-2">
        {closed ? (
          <>
            <Badge tone={current.kind === "won" ? "suc" : "plain"}>
              <StageMark kind={current.kind} probability={100} size={12} />
              {current.name}
            </Badge>
            <span className="min-w-0 truncate text-12 text-text-2">
              {typeof record.close_date === "string" ? formatDateLong(record.close_date) : ""}
              {reason ? `, ${reason}` : ""}
            </span>
          </>
        ) : (
          <span className="min-w-0 truncate text-12 text-text-2">
            <span className="text-13 font-medium text-text">{amountText(record.amount)}</span> {typeof record.probability === "string" && record.probability ? t("path.likely", { percent: Number(record.probability) }) : ""}
          </span>
        )}
        {mayEdit && !closed ? (
          <span className="ms-auto flex shrink-0 gap-2">
            <Button small look="quiet" onClick={() => setClosing("lost")}>
              {t("closure.title.lost")}
            </Button>
            <Button small icon={<Trophy size={14} />} onClick={() => void win()}>
              {t("closure.title.won")}
            </Button>
          </span>
        ) : null}
      </div>
      <ol className="path">
        {open.map((stage) => {
          const here = stage.id === record.stage;
          const done = closed || stage.position < position;
          return (
            <li key={stage.id} className={cx("pst", here ? "cur" : done && "done")}>
              <button type="button" disabled={!mayEdit} aria-current={here ? "step" : undefined} title={stage.guidance || stage.name} onClick={() => void move(stage)}>
                {here ? <StageMark kind="open" probability={stage.probability} size={16} /> : done ? <Check size={14} aria-hidden /> : null}
                <span className="pname truncate">{stage.name}</span>
                {here && days !== null ? <span className="ms-auto tabular-nums">{t("path.days", { count: days })}</span> : null}
              </button>
            </li>
          );
        })}
      </ol>
      {current && !closed && current.guidance ? <p className="mt-2 text-12 text-text-2">{current.guidance}</p> : null}
      <Suspense>
      {asking ? (
        <StageFields
          object={object}
          record={record}
          stage={asking}
          onClose={(moved) => {
            setAsking(null);
            if (moved) told(moved, asking.name);
          }}
        />
      ) : null}
      {closing ? <CloseDialog object={object} record={record} outcome={closing} onClose={() => setClosing(null)} /> : null}
      </Suspense>
    </section>
  );
}
