import { describe, expect, it } from "vitest";
import type { ObjectDef } from "~/metadata/model";
import { columnsOf, columnsText, differenceOf, isChanged, listQueryOf, nextSort, parseListSearch, resolveView, sortKeys, usualSort, type ViewState } from "~/records/list/search";
import { frozen, moved } from "~/records/list/HeaderCell";

const object: ObjectDef = {
  name: "opportunity", plural: "opportunities", label: "Opportunity", plural_label: "Opportunities", title: "name",
  fields: [
    { name: "id", label: "Id", type: { text: {} }, base: true },
    { name: "owner", label: "Owner", type: { user: {} }, base: true },
    { name: "updated_at", label: "Updated", type: { date_time: {} }, base: true },
    { name: "name", label: "Name", type: { text: {} }, required: true },
    { name: "account", label: "Account", type: { reference: { to: "account" } } },
    { name: "amount", label: "Amount", type: { money: {} } },
    { name: "secret", label: "Secret", type: { text: {} }, hidden: true },
    { name: "old", label: "Old", type: { text: {} }, archived: true },
  ],
};

describe("the address of a list", () => {
  it("takes what fits", () => {
    const filter = { and: [{ field: "amount", op: "gte", value: "1000" }, { not: { field: "stage.kind", op: "eq", value: "won" } }] };
    expect(parseListSearch({ filter, sort: "-amount,name", columns: "name:300,amount", archived: "only", view: "board" })).toEqual({ filter, sort: "-amount,name", columns: "name:300,amount", archived: "only", view: "board" });
  });
  it.each([
    [{ filter: "text" }], [{ filter: { and: ["x"] } }], [{ filter: { field: 3, op: "eq" } }], [{ sort: "name; drop table" }], [{ sort: 7 }], [{ archived: "yes" }], [{ view: "cards" }], [{ columns: 12 }],
  ])("leaves out %j", (raw) => expect(parseListSearch(raw)).toEqual({}));
  it("refuses a filter without bottom", () => {
    let filter: unknown = { field: "a", op: "eq", value: 1 };
    for (let i = 0; i < 50; i++) filter = { not: filter };
    expect(parseListSearch({ filter })).toEqual({});
  });
});

describe("columns", () => {
  it("come from the definition and are written only when changed", () => {
    const columns = columnsOf(object, undefined);
    expect(columns.map((c) => c.name)).toEqual(["name", "account", "amount", "owner", "updated_at"]);
    expect(columnsText(object, columns)).toBeUndefined();
    expect(columnsText(object, [{ name: "amount", width: 200, total: "sum" }, { name: "name", width: 250, total: "none" }])).toBe("amount:200,name");
  });
  it("survive a round trip, unknown, hidden, archived and repeated ones aside", () => {
    expect(columnsOf(object, "amount:200,name,secret,old,gone,amount")).toEqual([{ name: "amount", width: 200, total: "sum" }, { name: "name", width: 250, total: "none" }]);
    expect(columnsOf(object, "amount:1,name:99999")).toEqual([{ name: "amount", width: 64, total: "sum" }, { name: "name", width: 800, total: "none" }]);
    expect(columnsOf(object, "gone").length).toBeGreaterThan(1);
  });
});

describe("what was changed of a column", () => {
  it.each(["name::f,amount", "name,amount::avg", "name,amount:300:f.none", "amount:200:f,name:300"])("%s survives a round trip", (text) => {
    const columns = columnsOf(object, text);
    expect(columnsOf(object, columnsText(object, columns))).toEqual(columns);
  });
  it("puts frozen ones first", () => expect(columnsOf(object, "name,amount::f").map((c) => c.name)).toEqual(["amount", "name"]));
  it("freezes and releases at the border", () => {
    const [a, b, c] = columnsOf(object, "name::f,amount,account");
    if (!a || !b || !c) throw new Error("three columns");
    expect(frozen([a, b, c], 2).map((one) => one.name)).toEqual(["name", "account", "amount"]);
    expect(frozen([a, b, c], 0).some((one) => one.frozen)).toBe(false);
  });
  it("moves within its bounds", () => {
    expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
    expect(moved(["a", "b", "c"], 2, -5)).toEqual(["c", "a", "b"]);
  });
});

describe("a saved view and what the address changes of it", () => {
  const saved: ViewState = { kind: "board", filter: { field: "amount", op: "gte", value: "1000" }, sort: "-amount", columns: "name,amount", group: "owner", archived: "only" };
  const states: ViewState[] = [saved, { kind: "table" }, { ...saved, filter: undefined }, { ...saved, sort: "name" }, { ...saved, group: undefined, archived: undefined }, { ...saved, kind: "table", archived: "include" }];
  it("come together again, whatever was changed or taken away", () => {
    for (const base of [saved, { kind: "table" } as ViewState]) {
      for (const state of states) {
        const address = JSON.parse(JSON.stringify(differenceOf(state, base))) as Record<string, unknown>;
        expect(resolveView(parseListSearch(address), base)).toEqual({ filter: undefined, sort: undefined, columns: undefined, group: undefined, archived: undefined, ...state });
      }
    }
  });
  it("leaves the address empty while nothing differs", () => {
    expect(isChanged(saved, saved)).toBe(false);
    expect(Object.values(differenceOf(saved, saved)).every((value) => value === undefined)).toBe(true);
    expect(isChanged({ ...saved, sort: "name" }, saved)).toBe(true);
  });
});

describe("order", () => {
  it("of several fields grows with Shift, and each turns round and goes", () => {
    expect([nextSort("name", "amount", true), nextSort("name,amount", "amount", true), nextSort("name,-amount", "amount", true), nextSort("name,amount", "amount")]).toEqual(["name,amount", "name,-amount", "name", "amount"]);
  });
  it("goes up, down and back", () => {
    expect([nextSort(undefined, "name"), nextSort("name", "name"), nextSort("-name", "name"), nextSort("-name", "amount")]).toEqual(["name", "-name", undefined, "amount"]);
    expect(sortKeys("-amount,name")).toEqual([{ field: "amount", down: true }, { field: "name", down: false }]);
    expect(usualSort(object)).toBe("name");
  });
  it("asks for names of references together with the rows", () => {
    const query = listQueryOf(object, { kind: "table", sort: "-amount" }, columnsOf(object, undefined));
    expect(query.include).toEqual(["account", "owner"]);
    expect(query.fields).toContain("id");
    expect(query.sort).toBe("-amount");
    expect(query.fields).not.toContain("secret");
  });
});
