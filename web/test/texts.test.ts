import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "~/lib/locales/en.json";
import { modulesOf } from "../build/frame";
import { splitTexts } from "../build/texts";

const SRC = join(process.cwd(), "src");
const files = (dir: string): string[] => readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(join(dir, e.name)) : /\.tsx?$/.test(e.name) ? [join(dir, e.name)] : []));

describe("the texts in two parts", () => {
  const { frame, rest } = splitTexts(en, SRC);
  it("lose nothing and repeat nothing", () => {
    expect({ ...rest, ...frame }).toEqual(en);
    expect(Object.keys(frame).length + Object.keys(rest).length).toBe(Object.keys(en).length);
  });
  it("keep for later what no first screen says", () => {
    expect(frame["shell.find"]).toBeDefined();
    expect(frame["record.about"]).toBeDefined();
    expect(frame["import.title"]).toBeDefined(); // a place in the sidebar
    expect(rest["keys.single"]).toBeDefined();
    expect(Object.keys(rest).length).toBeGreaterThan(Object.keys(frame).length / 2);
  });
  it("follow every import of a first screen", () => {
    const modules = modulesOf(join(SRC, "records/list/ListPage.tsx"), SRC).map((path) => path.replace(SRC, ""));
    expect(modules).toContain("/records/list/Table.tsx");
    expect(modules).toContain("/fields/date.tsx");
    expect(modules).not.toContain("/records/list/BulkBar.tsx");
  });
  it("are there before a part is drawn that comes later", () => {
    const bare = files(SRC).flatMap((file) => [...readFileSync(file, "utf8").matchAll(/(?:lazy|lazyRouteComponent)\(\(\) => import\("([^"]+)"\)/g)].map((match) => match[1]));
    expect(bare.sort()).toEqual(["~/areas/auth/SignIn", "~/areas/myday/MyDay", "~/records/detail/RecordPage", "~/records/list/ListPage"]);
  });
});
