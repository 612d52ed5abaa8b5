import { describe, expect, it } from "vitest";
import type { RecordData } from "~/api/types";
import type { ObjectDef } from "~/metadata/model";
import { addressOf } from "~/records/favourites/address";
import { markOf, placesOf, positions, put, type Place } from "~/records/favourites/favourites";

const object = (name: string, rest: Partial<ObjectDef> = {}): ObjectDef => ({ name, plural: `${name}s`, label: name, plural_label: `${name}s`, title: "name", fields: [{ name: "name", label: "Name", type: { text: {} } }], ...rest });
const objects = [object("account"), object("view"), object("gone", { archived: true })];
const record = (id: string, rest: Record<string, unknown>) => ({ id, version: 1, ...rest }) as RecordData;
const mark = (id: string, target: unknown, position = 1) => markOf(record(id, { target, position }));
const found = (...all: [string, RecordData][]) => new Map(all);
const place = (id: string, position: number): Place => ({ id, position, target: { object: "account", id: `of-${id}` }, title: id });

describe("what is at hand", () => {
  const oak = record("1", { name: "Oak" });
  it("names records and the lists of views", () => {
    const places = placesOf([mark("a", { object: "account", id: "1" }), mark("b", { object: "view", id: "2" })], found(["account/1", oak], ["view/2", record("2", { name: "Big", object: "account" })]), objects);
    expect(places.map((one) => [one.title, one.list, addressOf(one).href])).toEqual([["Oak", undefined, "/account/1"], ["Big", "account", "/account?saved=2"]]);
  });
  it("leaves out without a word what is archived, out of reach, or of no kind any more", () => {
    const marks = [mark("a", null), mark("b", { object: "account", id: "9" }), mark("c", { object: "gone", id: "3" }), mark("d", { object: "never", id: "4" }), mark("e", { object: "view", id: "5" }), mark("f", { object: "account", id: "1" })];
    const rows = found(["account/1", oak], ["gone/3", record("3", { name: "x" })], ["view/5", record("5", { name: "x", object: "hidden" })]);
    expect(placesOf(marks, rows, objects).map((one) => one.id)).toEqual(["f"]);
  });
  it("shows once what two screens have marked twice", () => {
    expect(placesOf([mark("a", { object: "account", id: "1" }), mark("b", { object: "account", id: "1" })], found(["account/1", oak]), objects).map((one) => one.id)).toEqual(["a"]);
  });
});

describe("the order", () => {
  const places = [place("a", 1), place("b", 2), place("c", 3)];
  const ids = (list: Place[]) => list.map((one) => one.id).join("");
  it.each([["c", 0, "cab"], ["a", 2, "bca"], ["b", 0, "bac"], ["a", -1, "abc"], ["c", 3, "abc"], ["x", 1, "abc"]])("puts %s to %i", (id, to, wanted) => expect(ids(put(places, id, to))).toBe(wanted));
  it("writes only what stands elsewhere than before", () => {
    expect(positions(put(places, "b", 0))).toEqual([{ id: "b", position: 1 }, { id: "a", position: 2 }]);
    expect(positions(places)).toEqual([]);
    expect(positions([place("a", 4), place("b", 4)])).toEqual([{ id: "a", position: 1 }, { id: "b", position: 2 }]);
  });
});
