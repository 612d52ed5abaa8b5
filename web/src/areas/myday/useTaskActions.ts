import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { updateRecord } from "~/api/records";
import type { RecordData } from "~/api/types";
import { formatDate } from "~/lib/format";
import { showToast } from "~/ui/Toasts";

export interface TaskActions {
  done: (task: RecordData) => Promise<void>;
  move: (task: RecordData, day: string | null) => Promise<void>;
}

/** Done and put off, each with a way back; after "done" the next step is one press away. */
export function useTaskActions(onPlanNext: (task: RecordData) => void): TaskActions {
  const { t } = useTranslation();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ predicate: ({ queryKey: [kind, name] }) => (kind === "list" || kind === "aggregate") && (name === "task" || name === "opportunity") });
  const change = async (task: RecordData, values: Record<string, unknown>, back: Record<string, unknown>, text: string, more?: { label: string; run: () => void }) => {
    try {
      await updateRecord("task", task.id, "*", values);
      await refresh();
      showToast({ text, more, undo: () => void updateRecord("task", task.id, "*", back).then(refresh, failed) });
    } catch (error) {
      failed(error);
    }
  };
  const failed = (error: unknown) => {
    const problem = asApiError(error);
    showToast({ text: problem.errors[0]?.detail || problem.detail || t(problem.isOffline ? "state.error.offline" : "state.error.server"), failed: true });
  };
  return {
    done: (task) => {
      const about = task.about as { object: string; id: string } | null;
      const next = about?.object === "opportunity" ? { label: t("myday.planNext"), run: () => onPlanNext(task) } : undefined;
      return task.status === "done" ? change(task, { status: "open" }, { status: "done" }, t("myday.reopened")) : change(task, { status: "done" }, { status: task.status }, t("myday.doneToast", { what: String(task.subject ?? "") }), next);
    },
    move: (task, day) => change(task, { due_on: day }, { due_on: task.due_on ?? null }, day ? t("myday.movedTo", { when: formatDate(day) }) : t("myday.noDate")),
  };
}
