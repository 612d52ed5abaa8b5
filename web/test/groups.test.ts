import { describe, expect, it } from "vitest";
import type { FieldDef } from "~/metadata/model";
import { digitsOf, weightedSum, whole } from "~/lib/sums";
import { figuresOf, total, weighted } from "~/records/board/figures";
import { pull } from "~/records/board/drag";
import { conditionOfGroup, groupingOf, groupText, inOrder, nextBucket, type Group } from "~/records/list/groups";
import { concerned, mend } from "~/records/list/liveRows";
import { chosenView, viewOf } from "~/records/views/savedViews";

const field = (type: FieldDef["type"], name = "f"): FieldDef => ({ name, label: name, type });
const group = (value: unknown, count = 1): Group => ({ id: JSON.stringify(value), value, count, sum: null, filter: { field: "f", op: "eq", value } });

describe("groups of a list", () => {
  it("are asked for by month where days are meant", () => {
    expect(groupingOf("f", field({ date: {} }))).toEqual({ field: "f", bucket: "month" });
    expect(groupText({ field: "f", bucket: "quarter" })).toBe("f:quarter");
    expect(groupingOf("f:quarter", field({ date: {} }))?.bucket).toBe("quarter");
    expect(groupingOf("f", { ...field({ text: {} }), masked: true })).toBeNull();
    expect(groupingOf("f", field({ reference: { to: "*" } }))).toBeNull();
  });
  it.each([["2026-12-31", "day", "2027-01-01"], ["2026-12-28", "week", "2027-01-04"], ["2026-12-01", "month", "2027-01-01"], ["2026-10-01", "quarter", "2027-01-01"], ["2026-01-01", "year", "2027-01-01"]] as const)("%s and a %s end at %s", (day, bucket, end) => expect(nextBucket(day, bucket)).toBe(end));
  it("hold the rows of their value and no other", () => {
    expect(conditionOfGroup(field({ choice: {} }), { field: "f" }, "a")).toEqual({ field: "f", op: "eq", value: "a" });
    expect(conditionOfGroup(field({ choice: {} }), { field: "f" }, null)).toEqual({ field: "f", op: "is_empty", value: true });
    expect(conditionOfGroup(field({ date: {} }), { field: "f", bucket: "month" }, "2026-11-01")).toEqual({ and: [{ field: "f", op: "gte", value: "2026-11-01" }, { field: "f", op: "lt", value: "2026-12-01" }] });
  });
  it("stand in an order people expect, the empty one last", () => {
    const values = (of: Group[], f: FieldDef, positions = new Map<string, number>()) => inOrder(of, f, positions).map((one) => one.value);
    const options = { choice: { options: [{ value: "new", label: "" }, { value: "old", label: "" }] } };
    expect(values([group(null), group("old"), group("new")], field(options))).toEqual(["new", "old", null]);
    expect(values([group("b"), group("a")], field({ reference: { to: "stage" } }), new Map([["a", 0], ["b", 1]]))).toEqual(["a", "b"]);
    expect(values([group("2027-01-01"), group(null, 9), group("2026-12-01")], field({ date: {} }))).toEqual(["2026-12-01", "2027-01-01", null]);
    expect(values([group("Graz", 2), group("Wien", 7)], field({ text: {} }))).toEqual(["Wien", "Graz"]);
  });
});

describe("figures of a column", () => {
  const money = (amount: string) => ({ amount, currency: "EUR" });
  it("weigh each chance by itself, exactly, and round once", () => {
    expect(weightedSum([{ amount: "0.05", percent: "10" }, { amount: "0.05", percent: "10" }])).toBe("0.01"); // 0.005 twice: rounded each it would be 0.02
    expect(weightedSum([{ amount: "9007199254740993", percent: "100" }])).toBe("9007199254740993.00");
    expect(weightedSum([{ amount: "-10.00", percent: "50" }])).toBe("-5.00");
    expect(weighted(money("528900"), 80)).toBe("€423,120");
    expect(weighted(null, 80)).toBeNull();
  });
  it("count cards without amount and do not take them for zero", () => {
    const figures = figuresOf([
      { percent: "10", count: 3, amounts: 2, sum: money("1000.00"), omitted: false },
      { percent: "50", count: 1, amounts: 1, sum: money("500.50"), omitted: false },
      { percent: "50", count: 1, amounts: 1, sum: money("900"), omitted: true },
      { percent: "10", count: 2, amounts: 0, sum: { amount: null, currency: "EUR" }, omitted: false },
    ]);
    expect(figures).toEqual({ count: 7, withoutAmount: 3, sum: money("2400.50"), weighted: money("350.25") });
    const nothing = figuresOf([{ percent: "10", count: 2, amounts: 0, sum: null, omitted: false }]);
    expect(nothing).toEqual({ count: 2, withoutAmount: 2, sum: null, weighted: null });
    expect(total([figures, nothing])).toEqual({ count: 9, withoutAmount: 5, sum: money("2400.50"), weighted: money("350.25") });
    expect(whole(money("2400.50"))).toBe("€2,401");
  });
  it("know the digits of a currency", () => expect(["EUR", "JPY", "KWD", "?"].map(digitsOf)).toEqual([2, 0, 3, 2]));
  it("scroll faster the nearer a card is to the edge", () => {
    expect(pull(500, 0, 1000)).toBe(0);
    expect(pull(999, 0, 1000)).toBeGreaterThan(pull(950, 0, 1000));
    expect(pull(1, 0, 1000)).toBeLessThan(0);
    expect(pull(50, 0, 100)).toBe(0);
  });
});

describe("others' changes", () => {
  const event = (id: string, version: number, what = "updated", object = "account") => ({ object, id, version, what });
  const rows = [{ id: "a", version: 3 }, { id: "b", version: 1 }];
  it("concern rows in an older version and records that are not there", () => {
    expect(concerned([event("a", 4), event("b", 1), event("c", 1, "created"), event("d", 2, "archived"), event("e", 1, "created", "contact")], "account", rows)).toEqual({ known: ["a"], unknown: ["c"] });
  });
  it("mend rows where they stand", () => {
    const data = { pages: [{ items: rows, next_cursor: null }], pageParams: [null] };
    const mended = mend(data, new Map([["b", { version: 2, name: "new" }]]));
    expect(mended?.pages[0]?.items).toEqual([{ id: "a", version: 3 }, { id: "b", version: 2, name: "new" }]);
    expect(mended?.pages[0]?.items[0]).toEqual(rows[0]);
    expect(mend(data, new Map())).toBe(data);
  });
});

describe("saved views", () => {
  const view = (values: Record<string, unknown>) => viewOf({ id: "v", version: 1, name: "V", object: "account", kind: "table", ...values });
  it("are read from their record, and a filter that is none is left out", () => {
    expect(view({ filter: '{"field":"name","op":"eq","value":"x"}', sort: "-name", group_by: "city", shared: "team", archived: "only" })).toMatchObject({ shared: "team", state: { kind: "table", filter: { field: "name", op: "eq", value: "x" }, sort: "-name", group: "city", archived: "only" } });
    expect(view({ filter: "{" }).state.filter).toBeUndefined();
    expect(view({ filter: '{"x":1}' }).state.filter).toBeUndefined();
  });
  it("open by the address, else the reader's own first one, else everybody's", () => {
    const all = { ...view({ standard: true, shared: "everybody" }), id: "all" };
    const own = { ...view({ standard: true, shared: "private" }), id: "own" };
    const other = { ...view({}), id: "other" };
    expect([chosenView([other, all, own], {}), chosenView([other, all], {}), chosenView([other], {}), chosenView([all, other], { saved: "other" }), chosenView([all], { saved: "all-of-them" })].map((one) => one?.id)).toEqual(["own", "all", undefined, "other", undefined]);
  });
});
