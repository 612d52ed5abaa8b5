import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import de from "~/lib/locales/de.json";
import model from "~/lib/locales/de-model.json";
import en from "~/lib/locales/en.json";

// vitest runs in web/, and jsdom gives modules no file address.
const SRC = join(process.cwd(), "src");
const files = (dir: string): string[] => readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(join(dir, e.name)) : /\.tsx?$/.test(e.name) ? [join(dir, e.name)] : []));
const keys = Object.keys(en);
const has = (key: string) => keys.includes(key) || keys.includes(`${key}_other`);

describe("the words of both languages", () => {
  it("are complete in German", () => {
    expect(Object.keys(de).sort()).toEqual(keys.slice().sort());
    expect(Object.entries(de).filter(([, text]) => !text.trim())).toEqual([]);
  });
  it("use the same placeholders", () => {
    const holes = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((m) => m[1]).sort();
    const differ = Object.entries(en).filter(([key, text]) => !key.endsWith("_one") && JSON.stringify(holes(text)) !== JSON.stringify(holes((de as Record<string, string>)[key] ?? "")));
    expect(differ).toEqual([]);
  });
  it("exist for every key that a screen names", () => {
    const missing = files(SRC).flatMap((file) => [...readFileSync(file, "utf8").matchAll(/\bt\(\s*"([a-z][\w.]+)"/gi)].map((m) => m[1] ?? "").filter((key) => !has(key)).map((key) => `${key} in ${file.replace(SRC, "")}`));
    expect(missing).toEqual([]);
  });
  it("exist for the beginnings that screens complete", () => {
    const prefixes = new Set(files(SRC).flatMap((file) => [...readFileSync(file, "utf8").matchAll(/\bt\(`([a-z][\w.]+\.)\$\{/gi)].map((m) => m[1] ?? "")));
    expect([...prefixes].filter((prefix) => !keys.some((key) => key.startsWith(prefix)))).toEqual([]);
  });
  it("have a German word for every label that comes with Rapport", () => {
    const crates = join(process.cwd(), "../crates");
    const toml = (dir: string): string[] => readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? toml(join(dir, e.name)) : e.name.endsWith(".toml") && e.name !== "Cargo.toml" ? [join(dir, e.name)] : []));
    const definitions = toml(crates).filter((path) => /\/(src|objects)\//.test(path)).map((path) => readFileSync(path, "utf8")).filter((text) => text.includes("[[fields]]"));
    const labels = definitions.flatMap((text) => [...text.matchAll(/\b(?:label|plural_label) = "([^"]+)"/g)].map((m) => m[1] ?? ""));
    expect(labels.length).toBeGreaterThan(100);
    expect([...new Set(labels)].filter((label) => !(label in model))).toEqual([]);
  });
  it("have a word for every level of likeness that the engine names", () => {
    const engine = readFileSync(join(process.cwd(), "../crates/stats/src/linkage/compare.rs"), "utf8");
    const levels = [...engine.matchAll(/Kind::\w+ => &\[([^\]]+)\]/g)].flatMap((m) => [...(m[1] ?? "").matchAll(/"([^"]+)"/g)].map((word) => word[1] ?? ""));
    expect(levels).toContain("one letter off"); // the words are found at all
    const screen = readFileSync(join(SRC, "records/duplicates/Reasons.tsx"), "utf8");
    const told = [...screen.matchAll(/^\s+(?:"([^"]+)"|(\w+)): t\("duplicates\.level/gm)].map((m) => m[1] ?? m[2] ?? "");
    expect([...new Set(levels)].filter((level) => !told.includes(level))).toEqual([]);
  });
});
