import { CalendarDateTime, parseAbsolute, toZoned, type ZonedDateTime } from "@internationalized/date";

/** The part of RFC 5545 that calendars use: every so many days, weeks, months or years, on named days, until or so often. */
export interface Rule {
  freq: "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";
  interval: number;
  count: number | null;
  until: string | null;
  /** Weekdays, 0 is Sunday; `nth` counts within the month, from its end when negative. */
  byDay: { day: number; nth: number | null }[];
  byMonthDay: number[];
  byMonth: number[];
}

const DAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
/** A broken rule must not keep a screen busy. */
const MOST_STEPS = 20_000;

export function parseRule(text: string): Rule | null {
  const parts = new Map(text.replace(/^RRULE:/i, "").toUpperCase().split(";").map((part): [string, string] => [part.split("=")[0]?.trim() ?? "", part.split("=")[1]?.trim() ?? ""]));
  const freq = parts.get("FREQ");
  if (freq !== "DAILY" && freq !== "WEEKLY" && freq !== "MONTHLY" && freq !== "YEARLY") return null;
  const numbers = (name: string) => (parts.get(name) ?? "").split(",").filter(Boolean).map(Number).filter(Number.isInteger);
  const byDay = (parts.get("BYDAY") ?? "").split(",").filter(Boolean).map((one) => {
    const match = /^([+-]?\d+)?(SU|MO|TU|WE|TH|FR|SA)$/.exec(one);
    return match ? { day: DAYS.indexOf(match[2] ?? ""), nth: match[1] ? Number(match[1]) : null } : null;
  });
  if (byDay.some((one) => one === null)) return null;
  const count = parts.get("COUNT");
  return { freq, interval: Math.max(1, Number(parts.get("INTERVAL") ?? 1) || 1), count: count ? Number(count) : null, until: untilOf(parts.get("UNTIL")), byDay: byDay.filter((one) => one !== null), byMonthDay: numbers("BYMONTHDAY"), byMonth: numbers("BYMONTH") };
}

/** `20261231T230000Z` or `20261231` (then the whole day counts). */
function untilOf(text: string | undefined): string | null {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})Z?)?$/.exec(text ?? "");
  if (!match) return null;
  const [, year, month, day, hour = "23", minute = "59", second = "59"] = match;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}

const weekday = (date: ZonedDateTime): number => new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay();
const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The starts of a series that fall into [from, to), by the clock of its own zone, so that 09:00 stays 09:00 over a change of clocks. */
export function occurrences(startIso: string, zone: string, rule: Rule, from: Date, to: Date, left: Set<number> = new Set()): Date[] {
  const first = parseAbsolute(startIso, zone);
  const found: Date[] = [];
  let counted = 0;
  const until = rule.until ? Date.parse(rule.until) : Infinity;
  for (let step = 0; step < MOST_STEPS; step++) {
    const candidates = candidatesOf(first, rule, step);
    if (candidates === null) continue;
    for (const at of candidates) {
      const time = at.toDate().getTime();
      if (time < first.toDate().getTime()) continue;
      if (time > until || time >= to.getTime()) return found;
      counted += 1;
      if (rule.count !== null && counted > rule.count) return found;
      if (time >= from.getTime() && !left.has(time)) found.push(new Date(time));
    }
  }
  return found;
}

/** What one step of the rule gives: a day, a week, a month or a year, in order of time. Null where a month has no such day. */
function candidatesOf(first: ZonedDateTime, rule: Rule, step: number): ZonedDateTime[] | null {
  const on = (year: number, month: number, day: number): ZonedDateTime => toZoned(new CalendarDateTime(year, month, day, first.hour, first.minute, first.second), first.timeZone);
  const by = step * rule.interval;
  if (rule.freq === "DAILY") {
    const at = first.add({ days: by });
    const fits = (rule.byDay.length === 0 || rule.byDay.some(({ day }) => day === weekday(at))) && (rule.byMonth.length === 0 || rule.byMonth.includes(at.month));
    return fits ? [at] : null;
  }
  if (rule.freq === "WEEKLY") {
    // Weeks of a rule begin on Monday unless it says otherwise.
    const monday = first.add({ weeks: by }).subtract({ days: (weekday(first) + 6) % 7 });
    const days = rule.byDay.length ? rule.byDay.map(({ day }) => day) : [weekday(first)];
    return days.map((day) => (day + 6) % 7).sort((a, b) => a - b).map((offset) => monday.add({ days: offset }));
  }
  const months = rule.freq === "YEARLY" ? (rule.byMonth.length ? rule.byMonth : [first.month]) : [null];
  const found = months.flatMap((named) => {
    const zero = named === null ? first.year * 12 + first.month - 1 + by : (first.year + by) * 12 + named - 1;
    const [year, month] = [Math.floor(zero / 12), (zero % 12) + 1];
    if (named === null && rule.byMonth.length && !rule.byMonth.includes(month)) return [];
    return daysOfMonth(first, rule, year, month).map((day) => on(year, month, day));
  });
  return found.length ? found : null;
}

function daysOfMonth(first: ZonedDateTime, rule: Rule, year: number, month: number): number[] {
  const last = daysIn(year, month);
  const named = rule.byMonthDay.map((day) => (day < 0 ? last + day + 1 : day));
  if (rule.byDay.length === 0) return (named.length ? named : [first.day]).filter((day) => day >= 1 && day <= last).sort((a, b) => a - b);
  const firstWeekday = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  const days = rule.byDay.flatMap(({ day, nth }) => {
    const all = Array.from({ length: 5 }, (_, week) => 1 + ((day - firstWeekday + 7) % 7) + week * 7).filter((date) => date <= last);
    const one = nth === null ? all : [all[nth > 0 ? nth - 1 : all.length + nth]];
    return one.filter((date): date is number => date !== undefined);
  });
  return [...new Set(days)].filter((day) => named.length === 0 || named.includes(day)).sort((a, b) => a - b);
}
