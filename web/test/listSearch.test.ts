import { describe, expect, it } from "vitest";
import type { ObjectDef } from "~/metadata/model";
import { columnsOf, columnsText, listQueryOf, nextSort, parseListSearch, sortKeys, usualSort } from "~/records/list/search";

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
    expect(columnsText(object, [{ name: "amount", width: 200 }, { name: "name", width: 250 }])).toBe("amount:200,name");
  });
  it("survive a round trip, unknown, hidden, archived and repeated ones aside", () => {
    expect(columnsOf(object, "amount:200,name,secret,old,gone,amount")).toEqual([{ name: "amount", width: 200 }, { name: "name", width: 250 }]);
    expect(columnsOf(object, "amount:1,name:99999")).toEqual([{ name: "amount", width: 64 }, { name: "name", width: 800 }]);
    expect(columnsOf(object, "gone").length).toBeGreaterThan(1);
  });
});

describe("order", () => {
  it("goes up, down and back", () => {
    expect([nextSort(undefined, "name"), nextSort("name", "name"), nextSort("-name", "name"), nextSort("-name", "amount")]).toEqual(["name", "-name", undefined, "amount"]);
    expect(sortKeys("-amount,name")).toEqual([{ field: "amount", down: true }, { field: "name", down: false }]);
    expect(usualSort(object)).toBe("name");
  });
  it("asks for names of references together with the rows", () => {
    const query = listQueryOf(object, { sort: "-amount" }, columnsOf(object, undefined));
    expect(query.include).toEqual(["account", "owner"]);
    expect(query.fields).toContain("id");
    expect(query.sort).toBe("-amount");
    expect(query.fields).not.toContain("secret");
  });
});
