import type { RecordData } from "~/api/types";
import type { ObjectDef } from "~/metadata/model";
import { linkTo } from "./links";

export type ComposerKind = "note" | "call" | "meeting" | "task";

/** The object that each kind becomes a record of. */
export const MADE_AS: Record<ComposerKind, string> = { note: "note", call: "interaction", meeting: "meeting", task: "task" };

export interface Draft {
  subject: string;
  body: string;
  direction: "out" | "in";
  /** A date for a task; for a meeting with `time`, by the clock of the person who plans it. */
  day: unknown;
  time: string;
  minutes: string;
  location: string;
  taskKind: string;
}

export const EMPTY: Draft = { subject: "", body: "", direction: "out", day: null, time: "", minutes: "30", location: "", taskKind: "to_do" };

/** A local day and time as an instant; null when either is no date or time. */
export function instantOf(day: unknown, time: string): Date | null {
  if (typeof day !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(day) || !/^\d{1,2}:\d{2}$/.test(time)) return null;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return new Date(year, month - 1, date, hours, minutes);
}

/** Whether there is enough to write it. */
export function isReady(kind: ComposerKind, draft: Draft): boolean {
  if (kind === "note") return draft.body.trim() !== "";
  if (kind === "task") return draft.subject.trim() !== "";
  if (kind === "meeting") return draft.subject.trim() !== "" && instantOf(draft.day, draft.time) !== null;
  return true;
}

/** The values of the new record, tied to the customer and to what it is about. Without a record it stands alone. */
export function valuesOf(kind: ComposerKind, draft: Draft, on: { object: ObjectDef; record: RecordData } | null, words: { call: string }, now = new Date()): Record<string, unknown> {
  const links = on ? linkTo(on.object, on.record) : {};
  const text = draft.body.trim() || null;
  if (kind === "note") return { body: draft.body, ...(on ? { about: { object: on.object.name, id: on.record.id } } : {}) };
  if (kind === "call") return { kind: "call", channel: "phone", direction: draft.direction, at: now.toISOString(), subject: draft.subject.trim() || words.call, body: text, ...links };
  if (kind === "task") return { subject: draft.subject.trim(), kind: draft.taskKind, due_on: draft.day, ...links };
  const starts = instantOf(draft.day, draft.time) ?? now;
  const ends = new Date(starts.getTime() + Number(draft.minutes || 0) * 60_000);
  return {
    subject: draft.subject.trim(),
    starts_at: starts.toISOString(),
    ends_at: ends.toISOString(),
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    location: draft.location.trim() || null,
    description: text,
    status: ends < now ? "held" : "planned",
    ...links,
  };
}
