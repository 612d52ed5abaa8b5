import { describe, expect, it } from "vitest";
import type { ImportColumn } from "~/api/imports";
import { AUTO, firstWays, FRESH, likely, mappingOf, slug, unfinished, wayOf } from "~/records/import/mapping";

const column = (header: string, more: Partial<ImportColumn> = {}): ImportColumn => ({ header, samples: [], target: null, ...more });

describe("the mapping of an import", () => {
  it("names every column: it goes somewhere or is skipped", () => {
    const ways = [wayOf("Firma", { target: "account", match: "name" }), wayOf("Vorname", { target: "first_name" }), wayOf("Newsletter")];
    expect(mappingOf(ways, "email")).toEqual({
      key: "email",
      column: [{ from: "Firma", to: "account", match: "name" }, { from: "Vorname", to: "first_name" }, { from: "Newsletter", skip: true }],
    });
  });
  it("puts answers where the mapping takes them", () => {
    const ways = [wayOf("Geb.", { target: "birth_date", answers: { date_order: "dmy" } }), wayOf("Betrag", { target: "amount", answers: { decimal: "comma", lost_zero: "empty", unknown: "x" } })];
    expect(mappingOf(ways, "")).toEqual({ lost_zero: "empty", column: [{ from: "Geb.", to: "birth_date", date: "dmy" }, { from: "Betrag", to: "amount", decimal: "comma" }] });
  });
  it("leaves to the server what no single field says: a skipped e-mail would be lost", () => {
    const ways = firstWays([column("Mail", { confidence: 1, meaning: { as: "email", n: 0 } }), column("Name", { confidence: 0.9, meaning: { as: "full_name" } }), column("Ort", { confidence: 1, target: "city", meaning: { as: "field", field: "city" } }), column("Score", { confidence: 1, meaning: { as: "ignore", why: "set by Rapport itself" } })]);
    expect(ways.map((way) => way.target)).toEqual([AUTO, "", "city", ""]);
    expect(mappingOf(ways, "").column).toEqual([{ from: "Name", skip: true }, { from: "Ort", to: "city" }, { from: "Score", skip: true }]);
  });
  it("makes fields, repairs values, puts names together and uses a column twice", () => {
    const ways = [
      wayOf("product", { target: FRESH, fresh: { label: "Product", type: "reference", to: "product" }, match: "name", values: { GTXPro: "GTX Pro" } }),
      wayOf("close_date", { target: "close_date" }),
      wayOf("close_date", { target: "closed_at" }),
      wayOf(null, { target: "name", template: "{product}, {account}" }),
      wayOf(null),
    ];
    expect(mappingOf(ways, "").column).toEqual([
      { from: "product", to: "product", match: "name", values: { GTXPro: "GTX Pro" }, label: "Product", create: { reference: { to: "product" } } },
      { from: "close_date", to: "close_date" },
      { from: "close_date", to: "closed_at" },
      { template: "{product}, {account}", to: "name" },
    ]);
  });
  it("knows what is not said in full yet", () => {
    expect(unfinished(wayOf("a", { target: FRESH, fresh: { label: "A", type: "reference" } }))).toBe(true);
    expect(unfinished(wayOf("a", { target: FRESH, fresh: { label: " ", type: "text" } }))).toBe(true);
    expect(unfinished(wayOf(null, { target: "name" }))).toBe(true);
    expect(unfinished(wayOf("a", { target: FRESH, fresh: { label: "A", type: "text" } }))).toBe(false);
  });
  it("spells the name of a new field as the server does", () => {
    expect([slug("Deal stage (source)"), slug("Größe in m²"), slug("2024"), slug("青")]).toEqual(["deal_stage_source", "grosse_in_m", "n_2024", "field"]);
  });
});

describe("the name that was probably meant", () => {
  it("finds what differs by spaces, accents or a letter, and nothing else", () => {
    expect(likely("GTXPro", ["GTX Basic", "GTX Pro", "GTX Plus Pro"])).toBe("GTX Pro");
    expect(likely("technolgy", ["technology", "telecommunications"])).toBe("technology");
    expect(likely("Łódzka", ["Lodzka", "Łódzka Palarnia"])).toBe("Lodzka");
    expect(likely("Engaging", ["Qualify", "Discover", "Won"])).toBeNull();
    expect(likely("x", [])).toBeNull();
  });
});
