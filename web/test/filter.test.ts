import { describe, expect, it } from "vitest";
import { defaultValue, isComplete, OPERATORS, operatorsOf, type Condition } from "~/metadata/condition";
import { both, conditionOf, groupOf, isNodeComplete, NO_FILTER, referrersOf, removePart, replacePart } from "~/metadata/filter";
import { FIELD_TYPES, isSortable, isWritable, optionsOf, singleTarget, targetsOf, typeOf, valueTypeOf, type FieldDef } from "~/metadata/model";
import { withinText } from "~/records/filter/TestText";
import { t } from "~/lib/i18n";

const field = (type: FieldDef["type"], rest: Partial<FieldDef> = {}): FieldDef => ({ name: "f", label: "F", type, ...rest });

describe("the filter as the bar edits it", () => {
  const open: Condition = { field: "stage.kind", op: "eq", value: "open" };
  const big: Condition = { field: "amount", op: "gte", value: "1000" };
  it.each<[string, Condition | undefined]>([
    ["nothing", undefined],
    ["one test", open],
    ["all of two", { and: [open, big] }],
    ["any of two", { or: [open, big] }],
    ["an opposite of several", { not: { and: [open, big] } }],
    ["groups in groups", { or: [{ and: [open, { not: { or: [big, open] } }] }, { and: [big, open] }] }],
    ["related records of related records", { related: "interaction", via: "account", where: { and: [open, { related: "task", where: big, count: { op: "eq", value: 0 } }] } }],
    ["a mixture", { and: [open, { not: big }, { related: "interaction", via: "account", count: { op: "gte", value: 3 } }, { or: [open, big] }] }],
  ])("keeps %s unchanged", (_, condition) => expect(conditionOf(groupOf(condition))).toEqual(condition));
  it("leaves out a test whose value is still missing", () => {
    const model = replacePart(groupOf({ and: [open, big] }), 1, { kind: "test", test: { field: "amount", op: "gte", value: null } });
    expect(conditionOf(model)).toEqual(open);
  });
  it("reads a double opposite as none", () => expect(conditionOf(groupOf({ not: { not: open } }))).toEqual(open));
  it("needs no group for a single part", () => expect(conditionOf({ kind: "group", match: "any", parts: [{ kind: "group", match: "all", parts: [{ kind: "test", test: open }] }] })).toEqual(open));
  it("is not ready while a part deep inside has no value", () => {
    const empty = { kind: "test" as const, test: { field: "amount", op: "gte" as const, value: null } };
    expect(isNodeComplete({ kind: "related", related: "task", where: NO_FILTER })).toBe(true);
    expect(isNodeComplete({ kind: "related", related: "task", where: { ...NO_FILTER, parts: [empty] } })).toBe(false);
    expect(isNodeComplete({ kind: "group", match: "all", parts: [] })).toBe(false);
  });
  it("finds what refers to an object, without what every record has", () => {
    const object = (name: string, fields: FieldDef[]) => ({ name, plural: name, label: name, plural_label: name, title: "name", fields });
    const to = (name: string, target: string | string[]): FieldDef => ({ name, label: name, type: { reference: { to: target } } });
    const account = object("account", [to("parent", "account")]);
    const task = object("task", [to("account", "account"), to("about", "*"), { ...to("secret", "account"), masked: true }, { name: "owner", label: "Owner", type: { user: {} } }]);
    const found = referrersOf(account, [account, task, object("note", [to("contact", "contact")])], (name) => name !== "hidden");
    expect(found.map(({ object: other, field: via, several }) => [other.name, via.name, several])).toEqual([["account", "parent", false], ["task", "account", true], ["task", "about", true]]);
    expect(referrersOf(account, [task], () => false)).toEqual([]);
  });
  it("is empty again when the last part goes", () => expect(conditionOf(removePart(groupOf(open), 0))).toBeUndefined());
  it("puts a fixed condition around the reader's", () => {
    expect(both(open, { or: [big, open] })).toEqual({ and: [open, { or: [big, open] }] });
    expect(both(undefined, big)).toEqual(big);
  });
  it("knows what is complete", () => {
    const test = (op: Parameters<typeof defaultValue>[1], value: unknown) => isComplete({ field: "f", op, value });
    expect([test("between", [1, 2]), test("in", ["a"]), test("within", { this: 1, unit: "month" }), test("is_empty", false), test("eq", 0), test("eq", { me: true })]).toEqual([true, true, true, true, true, true]);
    expect([test("between", [1, null]), test("in", []), test("eq", ""), test("eq", null)]).toEqual([false, false, false, false]);
  });
  it("offers a usable first comparison for every type that can be compared", () => {
    for (const type of FIELD_TYPES) {
      const ops = operatorsOf(field({ [type]: {} } as FieldDef["type"]));
      if (type === "roll_up") expect(ops).toEqual([]);
      else expect(ops.length, type).toBeGreaterThan(0);
    }
    expect(OPERATORS.date[0]).toBe("within");
    expect(defaultValue(field({ user: {} }), "eq")).toEqual({ me: true });
  });
  it("says relative dates in words", () => {
    expect(withinText({ last: 30, unit: "day" }, t)).toBe("last 30 days");
    expect(withinText({ next: 1, unit: "quarter" }, t)).toBe("next quarter");
    expect(withinText({ this: 1, unit: "fiscal_year" }, t)).toBe("this fiscal year");
  });
});

describe("definitions", () => {
  it("reads types, short and long", () => {
    expect(typeOf(field("text"))).toBe("text");
    expect(typeOf(field({ reference: { to: "account" } }))).toBe("reference");
    expect(valueTypeOf(field({ formula: { expression: "1", result: { money: {} } } }))).toBe("money");
    expect(valueTypeOf(field({ formula: { expression: "1", result: "integer" } }))).toBe("integer");
  });
  it("knows what a reference points at", () => {
    expect(targetsOf(field({ reference: { to: ["contact", "account"] } }))).toEqual(["contact", "account"]);
    expect(singleTarget(field({ reference: { to: "*" } }))).toBeNull();
    expect(singleTarget(field({ user: {} }))).toBe("user");
    expect(optionsOf(field({ choice: { options: [{ value: "a", label: "A" }] } }))).toHaveLength(1);
  });
  it("does not sort or write what cannot be", () => {
    expect(isSortable(field({ long_text: {} }))).toBe(false);
    expect(isSortable(field({ text: {} }, { masked: true }))).toBe(false);
    expect(isWritable(field({ text: {} }, { read_only: true }))).toBe(false);
    expect(isWritable(field({ date_time: {} }, { name: "created_at" }))).toBe(false);
    expect(isWritable(field({ formula: { expression: "1", result: "integer" } }))).toBe(false);
    expect(isWritable(field({ text: {} }))).toBe(true);
  });
});
