import { describe, expect, it } from "vitest";
import type { ImportColumn } from "~/api/imports";
import { mappingOf } from "~/records/import/mapping";

const column = (header: string, target: string | null = null): ImportColumn => ({ header, samples: [], target });

describe("the mapping of an import", () => {
  it("names every column: it goes somewhere or is skipped", () => {
    const columns = [column("Firma"), column("Vorname"), column("Newsletter")];
    expect(mappingOf(columns, { Firma: "account.name", Vorname: "first_name", Newsletter: "" }, {}, "email")).toEqual({
      key: "email",
      column: [{ from: "Firma", to: "account", match: "name" }, { from: "Vorname", to: "first_name" }, { from: "Newsletter", skip: true }],
    });
  });
  it("puts answers where the mapping takes them", () => {
    const mapping = mappingOf([column("Geb."), column("Betrag")], { "Geb.": "birth_date", Betrag: "amount" }, { "Geb.": { date_order: "dmy" }, Betrag: { decimal: "comma", lost_zero: "empty", unknown: "x" } }, "");
    expect(mapping).toEqual({ lost_zero: "empty", column: [{ from: "Geb.", to: "birth_date", date: "dmy" }, { from: "Betrag", to: "amount", decimal: "comma" }] });
  });
});
