import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Calendar, Check, CircleAlert, CircleDashed, CircleDot, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { firstPageQuery, updateRecord } from "~/api/records";
import type { RecordData } from "~/api/types";
import { cx } from "~/lib/cx";
import { daysFromToday, formatMoment, parseDate, relativeDay } from "~/lib/format";
import type { Condition } from "~/metadata/condition";
import type { ObjectDef } from "~/metadata/model";
import { useCan } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { showToast } from "~/ui/Toasts";

const ASKED_OF = ["account", "contact", "lead", "opportunity", "case"];
const UNDONE = ["open", "in_progress", "waiting"];

/** How a task or meeting points at the record: a customer by its own field, anything else by `about`. */
function pointing(object: ObjectDef, record: RecordData): Condition {
  if (object.name === "account" || object.name === "contact") return { field: object.name, op: "eq", value: record.id };
  return { field: "about", op: "eq", value: { object: object.name, id: record.id } };
}

/** What happens next here: the loudest line of a record. An open opportunity without one says so. */
export function NextStep({ object, record, onPlan }: { object: ObjectDef; record: RecordData; onPlan: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const applies = ASKED_OF.includes(object.name);
  const task = useCan("task");
  const meeting = useCan("meeting");
  const here = pointing(object, record);
  const now = new Date();
  const from = new Date(now.getFullYear(), now.getMonth(), now.getDate(), now.getHours());
  const tasks = useQuery({ ...firstPageQuery("task", { filter: { and: [here, { field: "status", op: "in", value: UNDONE }] }, sort: "due_on", limit: 1, fields: ["subject", "status", "due_on", "due_time", "version"] }), enabled: applies && task.read });
  const meetings = useQuery({ ...firstPageQuery("meeting", { filter: { and: [here, { field: "status", op: "eq", value: "planned" }, { field: "starts_at", op: "gte", value: from.toISOString() }] }, sort: "starts_at", limit: 1, fields: ["subject", "starts_at", "version"] }), enabled: applies && meeting.read });
  if (!applies || (tasks.isPending && tasks.isEnabled) || (meetings.isPending && meetings.isEnabled)) return null;
  const nextTask = tasks.data?.items[0];
  const nextMeeting = meetings.data?.items[0];
  const dueOf = typeof nextTask?.due_on === "string" ? parseDate(nextTask.due_on) : null;
  const startOf = nextMeeting ? new Date(String(nextMeeting.starts_at)) : null;
  const chosen = nextTask && (!startOf || (dueOf && dueOf <= startOf)) ? { object: "task", record: nextTask, at: dueOf } : nextMeeting ? { object: "meeting", record: nextMeeting, at: startOf } : null;
  const closed = typeof record.outcome === "string" || ["closed", "converted", "disqualified"].includes(String(record.status ?? ""));
  if (!chosen) {
    const written = typeof record.next_step === "string" ? record.next_step : "";
    if (written) return <Line tone="plain" icon={<Calendar size={16} aria-hidden />} text={written} when={t("next.noDate")} action={<PlanButton onPlan={onPlan} show={task.create && !closed} />} />;
    if (object.name !== "opportunity" || closed) return null;
    return <Line tone="war" icon={<CircleDashed size={16} aria-hidden />} text={t("myday.noStep")} when={t("myday.noStepWhy")} action={<PlanButton onPlan={onPlan} show={task.create} />} />;
  }
  const days = chosen.at ? daysFromToday(chosen.at) : null;
  const late = days !== null && days < 0;
  const finish = async () => {
    const refresh = () => client.invalidateQueries({ predicate: ({ queryKey: [kind, name] }) => (kind === "list" && name === "task") || kind === "timeline" });
    try {
      await updateRecord("task", chosen.record.id, "*", { status: "done" });
      await refresh();
      showToast({ text: t("myday.doneToast", { what: String(chosen.record.subject ?? "") }), more: task.create ? { label: t("myday.planNext"), run: onPlan } : undefined, undo: () => void updateRecord("task", chosen.record.id, "*", { status: chosen.record.status }).then(refresh, () => showToast({ text: t("undo.failed"), failed: true })) });
    } catch (error) {
      const problem = asApiError(error);
      showToast({ text: problem.errors[0]?.detail || problem.detail || t("state.error.server"), failed: true });
    }
  };
  const when = late ? t("myday.late", { count: -(days ?? 0) }) : chosen.at === null ? t("next.noDate") : chosen.object === "meeting" ? formatMoment(chosen.at) : days !== null && days < 7 ? relativeDay(days) : formatMoment(chosen.at).split(",")[0];
  return (
    <Line
      tone={late ? "dan" : days === 0 ? "suc" : "plain"}
      icon={late ? <CircleAlert size={16} aria-hidden /> : days === 0 ? <CircleDot size={16} aria-hidden /> : <Calendar size={16} aria-hidden />}
      text={
        <Link to="/$object/$id" params={{ object: chosen.object, id: chosen.record.id }} className="hover:underline" dir="auto">
          {String(chosen.record.subject || t("kind.meeting"))}
        </Link>
      }
      when={[when, typeof chosen.record.due_time === "string" ? chosen.record.due_time : ""].filter(Boolean).join(", ")}
      action={
        chosen.object === "task" && task.update ? (
          <Button small icon={<Check size={14} />} onClick={() => void finish()}>
            {t("action.done")}
          </Button>
        ) : null
      }
    />
  );
}

function PlanButton({ onPlan, show }: { onPlan: () => void; show: boolean }) {
  const { t } = useTranslation();
  return show ? (
    <Button small icon={<Plus size={14} />} onClick={onPlan}>
      {t("myday.planTitle")}
    </Button>
  ) : null;
}

function Line({ tone, icon, text, when, action }: { tone: "plain" | "suc" | "war" | "dan"; icon: React.ReactNode; text: React.ReactNode; when?: string; action: React.ReactNode }) {
  const { t } = useTranslation();
  return (
    <section className={cx("next-step", tone)} aria-label={t("myday.step")}>
      {icon}
      <span className="min-w-0 truncate font-semibold">{text}</span>
      <span className="shrink-0 text-12">{when}</span>
      <span className="ms-auto shrink-0">{action}</span>
    </section>
  );
}
