import { describe, expect, it } from "vitest";
import type { RecordData } from "~/api/types";
import { shownDays, step, weekStart } from "~/areas/calendar/days";
import { eventsOf, lanesOf, type CalendarEvent } from "~/areas/calendar/events";
import { occurrences, parseRule } from "~/areas/calendar/recurrence";

const list = (start: string, rule: string, from: string, to: string, zone = "Europe/Berlin", left: string[] = []) => {
  const parsed = parseRule(rule);
  return parsed ? occurrences(start, zone, parsed, new Date(from), new Date(to), new Set(left.map(Date.parse))).map((date) => date.toISOString().slice(0, 16)) : null;
};

// The values are those of RFC 5545, 3.8.5.3, moved to other years where that makes them shorter.
describe("a series", () => {
  it("keeps its hour by the clock of its zone when clocks change", () => {
    expect(list("2026-10-19T07:00:00Z", "FREQ=WEEKLY", "2026-10-19T00:00:00Z", "2026-11-03T00:00:00Z")).toEqual(["2026-10-19T07:00", "2026-10-26T08:00", "2026-11-02T08:00"]);
  });
  it("knows weekdays, intervals, counts and ends", () => {
    expect(list("2026-11-02T08:00:00Z", "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=4", "2026-11-01T00:00:00Z", "2026-12-31T00:00:00Z")).toEqual(["2026-11-02T08:00", "2026-11-04T08:00", "2026-11-06T08:00", "2026-11-09T08:00"]);
    expect(list("2026-11-03T08:00:00Z", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "2026-11-01T00:00:00Z", "2026-11-21T00:00:00Z")).toEqual(["2026-11-03T08:00", "2026-11-05T08:00", "2026-11-17T08:00", "2026-11-19T08:00"]);
    expect(list("2026-11-01T08:00:00Z", "FREQ=DAILY;UNTIL=20261103T235959Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")).toEqual(["2026-11-01T08:00", "2026-11-02T08:00", "2026-11-03T08:00"]);
  });
  it("counts from its first day, not from the first that is shown", () => {
    expect(list("2026-11-01T08:00:00Z", "FREQ=DAILY;COUNT=5", "2026-11-04T00:00:00Z", "2026-12-01T00:00:00Z")).toEqual(["2026-11-04T08:00", "2026-11-05T08:00"]);
  });
  it("finds the last Friday, the second Tuesday, the 31st where there is one, the 29th of February", () => {
    expect(list("2026-01-30T08:00:00Z", "FREQ=MONTHLY;BYDAY=-1FR", "2026-02-01T00:00:00Z", "2026-04-30T00:00:00Z", "UTC")).toEqual(["2026-02-27T08:00", "2026-03-27T08:00", "2026-04-24T08:00"]);
    expect(list("2026-01-13T08:00:00Z", "FREQ=MONTHLY;BYDAY=2TU", "2026-02-01T00:00:00Z", "2026-03-31T00:00:00Z", "UTC")).toEqual(["2026-02-10T08:00", "2026-03-10T08:00"]);
    expect(list("2026-01-31T08:00:00Z", "FREQ=MONTHLY", "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "UTC")).toEqual(["2026-01-31T08:00", "2026-03-31T08:00", "2026-05-31T08:00"]);
    expect(list("2024-02-29T08:00:00Z", "FREQ=YEARLY", "2025-01-01T00:00:00Z", "2029-01-01T00:00:00Z", "UTC")).toEqual(["2028-02-29T08:00"]);
    expect(list("2026-01-31T08:00:00Z", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-02-01T00:00:00Z", "2026-03-31T23:00:00Z", "UTC")).toEqual(["2026-02-28T08:00", "2026-03-31T08:00"]);
  });
  it("leaves out what was struck, and is none when it cannot be read", () => {
    expect(list("2026-11-01T08:00:00Z", "FREQ=DAILY", "2026-11-01T00:00:00Z", "2026-11-04T00:00:00Z", "UTC", ["2026-11-02T08:00:00Z"])).toEqual(["2026-11-01T08:00", "2026-11-03T08:00"]);
    expect(parseRule("FREQ=SECONDLY")).toBeNull();
    expect(parseRule("FREQ=WEEKLY;BYDAY=XX")).toBeNull();
  });
});

const meeting = (more: Record<string, unknown>): RecordData => ({ id: "m", version: 1, subject: "Tasting", starts_at: "2026-11-23T08:00:00.000Z", ends_at: "2026-11-23T09:00:00.000Z", time_zone: "UTC", ...more });

describe("events", () => {
  it("shows a moved occurrence once, at its new time", () => {
    const series = meeting({ uid: "u", rrule: "FREQ=DAILY;COUNT=3" });
    const moved = meeting({ id: "m2", uid: "u", recurrence_id: "2026-11-24T08:00:00.000Z", starts_at: "2026-11-24T13:00:00.000Z", ends_at: "2026-11-24T14:00:00.000Z" });
    const events = eventsOf([series, moved], [], new Date("2026-11-23T00:00:00Z"), new Date("2026-11-30T00:00:00Z"));
    expect(events.map((event) => event.start.toISOString().slice(8, 16))).toEqual(["23T08:00", "24T13:00", "25T08:00"]);
    expect(events.map((event) => event.series)).toEqual([true, false, true]);
  });
  it("puts what overlaps side by side and gives the width back afterwards", () => {
    const at = (from: number, to: number, key: string) => ({ key, start: new Date(2026, 0, 1, from), end: new Date(2026, 0, 1, to) }) as CalendarEvent;
    expect(lanesOf([at(9, 11, "a"), at(10, 12, "b"), at(11, 12, "c"), at(14, 15, "d")]).map((one) => [one.event.key, one.lane, one.lanes])).toEqual([["a", 0, 2], ["b", 1, 2], ["c", 0, 2], ["d", 0, 1]]);
  });
});

describe("days", () => {
  it("begins weeks on the chosen day", () => {
    expect(weekStart(new Date(2026, 10, 29), 1).getDate()).toBe(23);
    expect(weekStart(new Date(2026, 10, 29), 0).getDate()).toBe(29);
    expect(shownDays("month", new Date(2026, 10, 15), 1)[0]?.getDate()).toBe(26);
  });
  it("turns a month without losing it at its end", () => {
    expect(step("month", new Date(2026, 0, 31), 1)).toEqual(new Date(2026, 1, 28));
    expect(step("week", new Date(2026, 10, 29), -1)).toEqual(new Date(2026, 10, 22));
  });
});
