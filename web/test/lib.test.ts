import { describe, expect, it } from "vitest";
import { daysFromToday, formatDistance, formatDuration, formatMoney, formatMoment } from "~/lib/format";
import { parseDateInput } from "~/lib/dateInput";
import { initials } from "~/lib/ids";
import { editableDecimal, parseDecimal, parseDuration } from "~/lib/numbers";
import { setPreferences } from "~/lib/preferences";

describe("numbers as people type them", () => {
  it.each([
    ["1,234.50", "en-GB", "1234.50"],
    ["1.234,50", "de-DE", "1234.50"],
    ["1.234,50", "en-GB", "1234.50"],
    ["1,234.50", "de-DE", "1234.50"],
    ["1 234,5", "de-DE", "1234.5"],
    ["1’234.50", "en-GB", "1234.50"],
    ["12,5", "en-GB", "12.5"],
    ["1.5", "de-DE", "1.5"],
    ["1.234", "de-DE", "1234"],
    ["1.234", "en-GB", "1.234"],
    ["−40", "en-GB", "-40"],
    ["007", "en-GB", "7"],
    [".5", "en-GB", ".5".padStart(3, "0")],
    ["99999999999999999999.99", "en-GB", "99999999999999999999.99"],
  ])("reads %s in %s as %s", (text, language, expected) => expect(parseDecimal(text, language)).toBe(expected));
  it.each(["", "abc", "1.2.3,4,5", "--1", "1e5", "1,2,3"])("refuses %j", (text) => expect(parseDecimal(text, "en-GB")).toBeNull());
  it("shows a stored decimal as one would type it", () => {
    expect(editableDecimal("1234.50", "de-DE")).toBe("1234,5");
    expect(editableDecimal("10.00", "en-GB")).toBe("10");
    expect(editableDecimal("100", "en-GB")).toBe("100");
  });
  it("reads durations", () => {
    expect(["2 h 30", "2:30", "45 min", "90 s", "1,5 h", "3 d", "20", "1 h 5 min"].map(parseDuration)).toEqual([9000, 9000, 2700, 90, 5400, 259200, 1200, 3900]);
    expect(["soon", "3 parsecs", "1 h x"].map(parseDuration)).toEqual([null, null, null]);
  });
});

describe("dates as people type them", () => {
  const today = new Date(2026, 10, 21);
  it.each([
    ["2026-12-18", "2026-12-18"],
    ["18.12.2026", "2026-12-18"],
    ["18/12", "2026-12-18"],
    ["18. Dez", "2026-12-18"],
    ["Dec 18, 2027", "2027-12-18"],
    ["in 2 weeks", "2026-12-05"],
    ["in 3 Monaten", "2027-02-21"],
    ["vor 2 Tagen", "2026-11-19"],
    ["2 days ago", "2026-11-19"],
    ["+10d", "2026-12-01"],
    ["tomorrow", "2026-11-22"],
    ["heute", "2026-11-21"],
    ["1 Jan", "2027-01-01"],
    ["1 Nov", "2026-11-01"],
    ["29.2.2028", "2028-02-29"],
  ])("reads %s as %s", (text, expected) => expect(parseDateInput(text, today)).toBe(expected));
  it.each(["31 Nov 2026", "29.2.2027", "13/13/2026", "someday", "2 weeks of rain", ""])("refuses %j", (text) => expect(parseDateInput(text, today)).toBeNull());
  it("adds months without leaving the month", () => expect(parseDateInput("in 1 month", new Date(2027, 0, 31))).toBe("2027-02-28"));
});

describe("what stands on screen", () => {
  it("writes money in the language of the reader", () => {
    expect(formatMoney({ amount: "528900.00", currency: "EUR" })).toBe("€528,900");
    expect(formatMoney({ amount: "12.50", currency: "EUR" })).toBe("€12.50");
    expect(formatMoney({ amount: "1500", currency: "JPY" })).toContain("1,500");
    expect(formatMoney({ amount: "1.500", currency: "KWD" })).toContain("1.500");
    setPreferences({ language: "de" });
    expect(formatMoney({ amount: "1234.50", currency: "EUR" }).replace(/\u00a0/g, " ")).toBe("1.234,50 €");
    setPreferences({ language: "en" });
  });
  it("keeps digits that a float would lose", () => expect(formatMoney({ amount: "9007199254740993.25", currency: "EUR" })).toBe("€9,007,199,254,740,993.25"));
  it("says moments by their distance", () => {
    const now = new Date(2026, 10, 21, 12);
    expect(formatMoment(new Date(2026, 10, 21, 9, 42), now)).toBe("Today, 09:42");
    expect(formatMoment(new Date(2026, 10, 19, 16, 20), now)).toBe("Thu, 16:20");
    expect(formatMoment(new Date(2025, 10, 15), now)).toBe("15 Nov 2025");
    expect(formatDistance(new Date(2026, 11, 18), now)).toBe("in 27 days");
    expect(daysFromToday(new Date(2026, 10, 20, 23, 59), now)).toBe(-1);
  });
  it("says durations shortly", () => expect([59, 60, 9000, 7200, 259200].map(formatDuration)).toEqual(["59 s", "1 min", "2 h 30", "2 h", "3 d"]));
  it("takes initials of any script", () => expect(["Klara Größwang", "Łódzka Palarnia Kawy", "عمر الخطيب", "佐藤 健一", "x", ""].map(initials)).toEqual(["KG", "ŁK", "ع", "佐", "X", "?"]));
});
