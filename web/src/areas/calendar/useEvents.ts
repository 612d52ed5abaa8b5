import { useQuery } from "@tanstack/react-query";
import { firstPageQuery } from "~/api/records";
import type { ListQuery } from "~/api/types";
import { isoDate } from "~/lib/dateInput";
import type { Condition } from "~/metadata/condition";
import { eventsOf, type CalendarEvent } from "./events";

const MOST = 500;
const ME = { me: true };

function meetings(from: Date, to: Date, everyone: boolean): ListQuery {
  const inside: Condition = { and: [{ field: "starts_at", op: "gte", value: new Date(from.getTime() - 86_400_000).toISOString() }, { field: "starts_at", op: "lt", value: to.toISOString() }] };
  // A series may have begun long ago; its occurrences are worked out here.
  const series: Condition = { and: [{ not: { field: "rrule", op: "is_empty", value: true } }, { field: "starts_at", op: "lt", value: to.toISOString() }] };
  const whose: Condition[] = everyone ? [] : [{ or: [{ field: "owner", op: "eq", value: ME }, { field: "organiser", op: "eq", value: ME }] }];
  return { filter: { and: [...whose, { field: "status", op: "ne", value: "cancelled" }, { or: [inside, series] }] }, sort: "starts_at", limit: MOST, include: ["account", "contact"] };
}

function tasks(from: Date, to: Date): ListQuery {
  return { filter: { and: [{ field: "owner", op: "eq", value: ME }, { field: "status", op: "ne", value: "cancelled" }, { field: "due_on", op: "gte", value: isoDate(from) }, { field: "due_on", op: "lt", value: isoDate(to) }] }, sort: "due_on", limit: MOST, fields: ["subject", "status", "due_on", "due_time", "kind", "version", "owner", "about", "account", "contact"] };
}

export function useEvents(from: Date, to: Date, everyone: boolean, may: { meeting: boolean; task: boolean }): { events: CalendarEvent[]; error: unknown; isPending: boolean; retry: () => void; cut: boolean } {
  const first = useQuery({ ...firstPageQuery("meeting", meetings(from, to, everyone)), enabled: may.meeting, placeholderData: (before) => before });
  const second = useQuery({ ...firstPageQuery("task", tasks(from, to)), enabled: may.task, placeholderData: (before) => before });
  return {
    events: eventsOf(first.data?.items ?? [], second.data?.items ?? [], from, to),
    error: first.error ?? second.error,
    isPending: (may.meeting && first.isPending) || (may.task && second.isPending),
    cut: Boolean(first.data?.next_cursor ?? second.data?.next_cursor),
    retry: () => {
      void first.refetch();
      void second.refetch();
    },
  };
}
