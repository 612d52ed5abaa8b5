import type { ListQuery } from "~/api/types";
import { isoDate } from "~/lib/dateInput";
import type { Condition, Test } from "~/metadata/condition";

/** The questions behind "My day". The day is the reader's own, so every bound is worked out here and not on the server. */
const ME = { me: true };
const mine: Test = { field: "owner", op: "eq", value: ME };
const open: Test = { field: "stage.kind", op: "eq", value: "open" };
const UNDONE = ["open", "in_progress", "waiting"];

export type TaskRange = "today" | "week" | "waiting";

export function plusDays(day: Date, days: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
}

const TASK_FIELDS = ["subject", "kind", "status", "priority", "due_on", "due_time", "about", "account", "contact", "done_at", "version", "owner", "recurrence"];

export function tasksQuestion(range: TaskRange, day: Date): ListQuery {
  const due: Condition = range === "waiting" ? { field: "status", op: "eq", value: "waiting" } : { and: [{ field: "status", op: "in", value: ["open", "in_progress"] }, { field: "due_on", op: "lte", value: isoDate(plusDays(day, range === "week" ? 6 : 0)) }] };
  return { filter: { and: [mine, due] }, sort: "due_on,due_time", limit: 50, fields: TASK_FIELDS, include: ["account", "contact"], count: "estimate" };
}

/** What was done today stays on the list, struck through: a day should end with something to look back at. */
export function doneQuestion(day: Date): ListQuery {
  return { filter: { and: [mine, { field: "status", op: "eq", value: "done" }, { field: "done_at", op: "gte", value: day.toISOString() }] }, sort: "-done_at", limit: 10, fields: TASK_FIELDS, include: ["account", "contact"] };
}

export function meetingsQuestion(from: Date, to: Date): ListQuery {
  const person: Condition = { or: [mine, { field: "organiser", op: "eq", value: ME }] };
  return { filter: { and: [person, { field: "status", op: "ne", value: "cancelled" }, { field: "starts_at", op: "gte", value: from.toISOString() }, { field: "starts_at", op: "lt", value: to.toISOString() }] }, sort: "starts_at", limit: 50, include: ["account", "contact"], count: "estimate" };
}

const DEAL_FIELDS = ["name", "account", "contact", "amount", "close_date", "stage", "stage_entered_at", "next_step", "version", "owner", "pipeline"];
const deals = (filter: Condition[], sort: string): ListQuery => ({ filter: { and: [mine, open, ...filter] }, sort, limit: 8, fields: DEAL_FIELDS, include: ["account", "stage"], count: "estimate" });

/** Neither written down as the next step, nor planned as a task or a meeting. */
export function noStepQuestion(now: Date): ListQuery {
  const task: Condition = { not: { related: "task", via: "about", where: { field: "status", op: "in", value: UNDONE } } };
  const meeting: Condition = { not: { related: "meeting", via: "about", where: { field: "starts_at", op: "gte", value: now.toISOString() } } };
  return deals([{ field: "next_step", op: "is_empty", value: true }, task, meeting], "-amount");
}

/** Longer in its stage than the stage allows; each stage has its own number of days. Null when no stage says one. */
export function rottingQuestion(stages: { id: string; rottingDays: number | null }[], now: Date): ListQuery | null {
  const limits = stages.filter((stage) => stage.rottingDays !== null).map((stage): Condition => ({ and: [{ field: "stage", op: "eq", value: stage.id }, { field: "stage_entered_at", op: "lt", value: new Date(now.getTime() - (stage.rottingDays ?? 0) * 86_400_000).toISOString() }] }));
  return limits.length ? deals([{ or: limits }], "stage_entered_at") : null;
}

export function pastCloseQuestion(day: Date): ListQuery {
  return deals([{ field: "close_date", op: "lt", value: isoDate(day) }], "close_date");
}

export function newLeadsQuestion(day: Date): ListQuery {
  return { filter: { and: [mine, { field: "status", op: "eq", value: "new" }, { field: "created_at", op: "gte", value: plusDays(day, -14).toISOString() }] }, sort: "-created_at", limit: 8, count: "estimate" };
}

/** What others did with my customers since the day before. */
export function heardQuestion(day: Date): ListQuery {
  const my: Condition = { or: [{ field: "account.owner", op: "eq", value: ME }, { field: "contact.owner", op: "eq", value: ME }] };
  return { filter: { and: [my, { field: "at", op: "gte", value: plusDays(day, -1).toISOString() }, { field: "direction", op: "eq", value: "in" }] }, sort: "-at", limit: 12, include: ["account", "contact"] };
}
export function movedQuestion(day: Date): ListQuery {
  return { filter: { and: [mine, { field: "updated_at", op: "gte", value: plusDays(day, -1).toISOString() }, { field: "updated_by", op: "ne", value: ME }] }, sort: "-updated_at", limit: 8, fields: [...DEAL_FIELDS, "updated_at", "updated_by"], include: ["account", "stage"] };
}
export function casesQuestion(day: Date): ListQuery {
  return { filter: { and: [{ field: "account.owner", op: "eq", value: ME }, { field: "created_at", op: "gte", value: plusDays(day, -1).toISOString() }] }, sort: "-created_at", limit: 8, include: ["account"] };
}

/** Saturday and Sunday are no days to put a task on by a quick choice. */
export function snoozeDays(today: Date): { key: "tomorrow" | "in2" | "monday" | "week"; date: string }[] {
  const monday = plusDays(today, ((8 - today.getDay()) % 7) || 7);
  const all = [
    { key: "tomorrow" as const, date: plusDays(today, 1) },
    { key: "in2" as const, date: plusDays(today, 2) },
    { key: "monday" as const, date: monday },
    { key: "week" as const, date: plusDays(today, 7) },
  ];
  const seen = new Set<string>();
  return all.map(({ key, date }) => ({ key, date: isoDate(date) })).filter(({ date }) => !seen.has(date) && Boolean(seen.add(date)));
}
