import { describe, expect, it } from "vitest";
import { rottingQuestion, snoozeDays } from "~/areas/myday/questions";
import { EMPTY, instantOf, isReady, valuesOf } from "~/records/timeline/activity";

describe("putting off", () => {
  it("offers each day once", () => {
    expect(snoozeDays(new Date(2026, 10, 28)).map((one) => `${one.key} ${one.date}`)).toEqual(["tomorrow 2026-11-29", "in2 2026-11-30", "week 2026-12-05"]);
    expect(snoozeDays(new Date(2026, 10, 30)).map((one) => one.key)).toEqual(["tomorrow", "in2", "monday"]);
  });
});

describe("rotting", () => {
  it("asks each stage by its own number of days, and nothing where none says one", () => {
    expect(rottingQuestion([{ id: "a", rottingDays: null }], new Date())).toBeNull();
    const text = JSON.stringify(rottingQuestion([{ id: "a", rottingDays: 10 }, { id: "b", rottingDays: null }], new Date("2026-11-28T00:00:00Z"))?.filter);
    expect(text).toContain('"2026-11-18T00:00:00.000Z"');
    expect(text).not.toContain('"b"');
  });
});

describe("an entry of the timeline", () => {
  const now = new Date("2026-11-28T10:00:00Z");
  it("is written when there is enough of it", () => {
    expect(isReady("meeting", { ...EMPTY, subject: "x", day: "2026-12-01" })).toBe(false);
    expect(isReady("meeting", { ...EMPTY, subject: "x", day: "2026-12-01", time: "09:30" })).toBe(true);
    expect(isReady("task", EMPTY)).toBe(false);
    expect(isReady("call", EMPTY)).toBe(true);
  });
  it("reads a day and a time by the clock of the reader", () => {
    expect(instantOf("2026-12-01", "09:30")).toEqual(new Date(2026, 11, 1, 9, 30));
    expect(instantOf("soon", "09:30")).toBeNull();
  });
  it("keeps a meeting of the past as held, one to come as planned", () => {
    const draft = { ...EMPTY, subject: "Tasting", time: "09:30", minutes: "45" };
    const planned = valuesOf("meeting", { ...draft, day: "2026-12-01" }, null, { call: "Call" }, now);
    expect(planned.status).toBe("planned");
    expect(Date.parse(String(planned.ends_at)) - Date.parse(String(planned.starts_at))).toBe(45 * 60_000);
    expect(valuesOf("meeting", { ...draft, day: "2026-11-01" }, null, { call: "Call" }, now).status).toBe("held");
  });
});
