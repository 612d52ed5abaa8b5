import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { updateRecord } from "~/api/records";
import { isoDate } from "~/lib/dateInput";
import { formatMoment } from "~/lib/format";
import { showToast } from "~/ui/Toasts";
import type { CalendarEvent } from "./events";

const two = (n: number): string => String(n).padStart(2, "0");

/** What moving an event to another start writes: a meeting keeps its length, a task its time if it had one. */
export function movedValues(event: CalendarEvent, start: Date): Record<string, unknown> {
  if (event.object === "task") return { due_on: isoDate(start), ...(event.allDay ? {} : { due_time: `${two(start.getHours())}:${two(start.getMinutes())}` }) };
  const length = event.end.getTime() - event.start.getTime();
  return { starts_at: start.toISOString(), ...(event.record.ends_at ? { ends_at: new Date(start.getTime() + length).toISOString() } : {}) };
}

/** Moves an event and offers the way back. */
export function useMove(): (event: CalendarEvent, start: Date) => Promise<void> {
  const { t } = useTranslation();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ predicate: ({ queryKey: [kind, name] }) => (kind === "list" || kind === "timeline") && (name === "meeting" || name === "task" || kind === "timeline") });
  const failed = (error: unknown) => {
    const problem = asApiError(error);
    showToast({ text: problem.errors[0]?.detail || problem.detail || t(problem.isOffline ? "state.error.offline" : "state.error.server"), failed: true });
  };
  return async (event, start) => {
    if (event.series || start.getTime() === event.start.getTime()) return;
    try {
      await updateRecord(event.object, event.record.id, "*", movedValues(event, start));
      await refresh();
      showToast({ text: t("calendar.moved", { what: event.title, when: event.allDay ? formatMoment(start).split(",")[0] : formatMoment(start) }), undo: () => void updateRecord(event.object, event.record.id, "*", movedValues({ ...event, start, end: new Date(start.getTime() + event.end.getTime() - event.start.getTime()) }, event.start)).then(refresh, failed) });
    } catch (error) {
      failed(error);
    }
  };
}
