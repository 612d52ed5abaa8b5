import type { RecordData } from "~/api/types";
import { parseDate } from "~/lib/format";
import { occurrences, parseRule } from "./recurrence";

/** One thing on the calendar: a meeting, one occurrence of a series, or a task on its day. */
export interface CalendarEvent {
  key: string;
  object: "meeting" | "task";
  record: RecordData;
  title: string;
  start: Date;
  end: Date;
  allDay: boolean;
  /** Part of a series: shown, moved only as a whole on its own page. */
  series: boolean;
  done: boolean;
}

const HALF_HOUR = 30 * 60_000;

/** Meetings within [from, to), with every occurrence of those that repeat, in order. */
export function eventsOf(meetings: RecordData[], tasks: RecordData[], from: Date, to: Date): CalendarEvent[] {
  const moved = new Set(meetings.filter((meeting) => meeting.recurrence_id).map((meeting) => `${String(meeting.uid)}/${Date.parse(String(meeting.recurrence_id))}`));
  const all = [...meetings.flatMap((meeting) => ofMeeting(meeting, from, to, moved)), ...tasks.flatMap(ofTask)];
  return all.filter((event) => event.start < to && event.end > from).sort((a, b) => a.start.getTime() - b.start.getTime() || b.end.getTime() - a.end.getTime());
}

function ofMeeting(meeting: RecordData, from: Date, to: Date, moved: Set<string>): CalendarEvent[] {
  const start = new Date(String(meeting.starts_at));
  if (Number.isNaN(start.getTime())) return [];
  const given = typeof meeting.ends_at === "string" ? new Date(meeting.ends_at).getTime() - start.getTime() : 0;
  const length = given > 0 ? given : HALF_HOUR;
  const make = (at: Date, series: boolean): CalendarEvent => ({ key: `${meeting.id}/${at.getTime()}`, object: "meeting", record: meeting, title: String(meeting.subject ?? ""), start: at, end: new Date(at.getTime() + length), allDay: meeting.all_day === true, series, done: meeting.status === "held" || meeting.status === "no_show" });
  const rule = typeof meeting.rrule === "string" && meeting.rrule && !meeting.recurrence_id ? parseRule(meeting.rrule) : null;
  if (!rule) return [make(start, false)];
  const left = new Set(String(meeting.exdates ?? "").split(/[,\s]+/).map(Date.parse).filter((time) => !Number.isNaN(time)));
  // A meeting that began before the shown days may reach into them.
  return occurrences(start.toISOString(), zoneOf(meeting), rule, new Date(from.getTime() - length), to, left)
    .filter((at) => !moved.has(`${String(meeting.uid)}/${at.getTime()}`))
    .map((at) => make(at, true));
}

function zoneOf(meeting: RecordData): string {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (typeof meeting.time_zone !== "string" || !meeting.time_zone) return own;
  try {
    new Intl.DateTimeFormat("en", { timeZone: meeting.time_zone });
    return meeting.time_zone;
  } catch {
    return own; // a zone that this browser does not know
  }
}

function ofTask(task: RecordData): CalendarEvent[] {
  if (typeof task.due_on !== "string") return [];
  const day = parseDate(task.due_on);
  const time = /^(\d{1,2}):(\d{2})$/.exec(typeof task.due_time === "string" ? task.due_time : "");
  const start = time ? new Date(day.getFullYear(), day.getMonth(), day.getDate(), Number(time[1]), Number(time[2])) : day;
  const end = time ? new Date(start.getTime() + HALF_HOUR) : new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
  return [{ key: task.id, object: "task", record: task, title: String(task.subject ?? ""), start, end, allDay: !time, series: false, done: task.status === "done" }];
}

export interface Placed {
  event: CalendarEvent;
  /** Its lane among those that overlap it, and how many lanes there are. */
  lane: number;
  lanes: number;
}

/** Events of one day side by side where they overlap; each group of overlapping ones shares the width. */
export function lanesOf(events: CalendarEvent[]): Placed[] {
  const placed: Placed[] = [];
  let group: Placed[] = [];
  let groupEnd = 0;
  const close = () => {
    const lanes = Math.max(0, ...group.map((one) => one.lane + 1));
    placed.push(...group.map((one) => ({ ...one, lanes })));
    group = [];
  };
  for (const event of [...events].sort((a, b) => a.start.getTime() - b.start.getTime())) {
    if (group.length && event.start.getTime() >= groupEnd) close();
    const busy = new Set(group.filter((one) => one.event.end > event.start).map((one) => one.lane));
    let lane = 0;
    while (busy.has(lane)) lane += 1;
    groupEnd = Math.max(group.length ? groupEnd : 0, event.end.getTime());
    group.push({ event, lane, lanes: 1 });
  }
  close();
  return placed;
}
