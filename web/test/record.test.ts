import { afterEach, describe, expect, it } from "vitest";
import { formatNumber, formatSize } from "~/lib/format";
import { editableDecimal, parseDecimal } from "~/lib/numbers";
import { setPreferences, type NumberStyle } from "~/lib/preferences";
import { forgetSeen, recent, rememberSeen } from "~/lib/recent";
import { kindOfFile } from "~/records/detail/FilePreview";
import { fetchAfter, placeOf, setTrail } from "~/records/list/trail";

describe("the list that a record was opened from", () => {
  it("tells the place, and nothing about records that were not in it", () => {
    setTrail("contact", { ids: ["a", "b"], total: 2, atLeast: false });
    expect(placeOf("contact", "a")).toEqual({ before: null, after: "b", further: false, index: 0, total: 2, atLeast: false });
    expect(placeOf("contact", "b")?.after).toBeNull();
    expect(placeOf("contact", "x")).toBeNull();
    expect(placeOf("account", "a")).toBeNull();
  });
  it("goes on past the page that was loaded, and ends where there is no more", async () => {
    setTrail("contact", { ids: ["a", "b"], total: 5, atLeast: false, more: async () => ["a", "b", "c"] });
    expect(placeOf("contact", "b")?.further).toBe(true);
    expect(await fetchAfter("contact", "b")).toBe("c");
    expect(placeOf("contact", "c")?.index).toBe(2);
    expect(await fetchAfter("contact", "c")).toBeNull();
    expect(placeOf("contact", "c")?.further).toBe(false);
  });
});

describe("what was looked at last", () => {
  afterEach(forgetSeen);
  it("is newest first, without repeats, and bounded", () => {
    for (let i = 0; i < 20; i += 1) rememberSeen("contact", String(i));
    rememberSeen("contact", "15");
    expect(recent().slice(0, 3).map((one) => one.id)).toEqual(["15", "19", "18"]);
    expect(recent()).toHaveLength(12);
    forgetSeen();
    expect(recent()).toEqual([]);
  });
  it("survives a damaged store", () => {
    localStorage.setItem("rapport.recent", '[{"object":1},{"object":"contact","id":"a"}]');
    expect(recent()).toEqual([{ object: "contact", id: "a" }]);
    localStorage.setItem("rapport.recent", "{");
    expect(recent()).toEqual([]);
  });
});

describe("numbers as one wants them", () => {
  afterEach(() => setPreferences({ numbers: "language" }));
  it.each<[NumberStyle, string]>([["comma", "1,234.5"], ["dot", "1.234,5"], ["space", "1\u202f234,5"], ["apostrophe", "1’234.5"]])("are written and read by %s", (numbers, text) => {
    setPreferences({ numbers });
    expect(formatNumber("1234.5").replace("'", "’")).toBe(text); // which apostrophe depends on the data of the machine
    expect(parseDecimal(text)).toBe("1234.5");
    expect(parseDecimal(editableDecimal("1234.5"))).toBe("1234.5");
  });
});

describe("files", () => {
  const file = (name: string, type: string) => kindOfFile({ id: "1", name, content_type: type });
  it("are shown when that is safe", () => {
    expect(file("a.png", "image/png")).toBe("image");
    expect(file("a.pdf", "application/pdf")).toBe("pdf");
    expect(file("a.csv", "application/octet-stream")).toBe("text");
    expect(file("page.html", "text/html")).toBe("text"); // its source, never the page
    expect(file("a.svg", "image/svg+xml")).toBe("text");
    expect(file("a.zip", "application/zip")).toBe("other");
  });
  it("have a size one would say", () => {
    expect([812, 45_100, 3_140_000].map(formatSize)).toEqual(["812 B", "46 kB", "3.1 MB"]);
  });
});
