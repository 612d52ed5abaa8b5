import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { modulesOf, textsOf } from "./frame";

/** What a person can begin with: the sign-in and the frame, and the three screens that links lead to most. */
const BEGINNINGS = ["main.tsx", "areas/auth/SignIn.tsx", "areas/myday/MyDay.tsx", "records/list/ListPage.tsx", "records/detail/RecordPage.tsx"];

type Texts = Record<string, string>;

/** The texts of a language in two: what the screens say that one can begin with, and what those say that come later. */
export function splitTexts(all: Texts, src: string): { frame: Texts; rest: Texts } {
  const used = BEGINNINGS.flatMap((name) => modulesOf(join(src, name), src)).map(textsOf);
  const keys = new Set(used.flatMap((one) => one.keys));
  const beginnings = [...new Set(used.flatMap((one) => one.beginnings))];
  const first = (key: string) => keys.has(key) || keys.has(key.replace(/_(zero|one|two|few|many|other)$/, "")) || beginnings.some((beginning) => key.startsWith(beginning));
  const part = (wanted: boolean) => Object.fromEntries(Object.entries(all).filter(([key]) => first(key) === wanted));
  return { frame: part(true), rest: part(false) };
}

/** `en.json?frame` and `en.json?rest`: one file to write in, and only what is needed at first over the wire at first. */
export function textsInTwo(src: string): Plugin {
  return {
    name: "rapport-texts-in-two",
    enforce: "pre",
    resolveId(id, importer) {
      const asked = /^(.*\.json)\?(frame|rest)$/.exec(id);
      return asked && importer ? `${join(importer, "..", asked[1] ?? "")}.${asked[2]}.js?texts` : null;
    },
    load(id) {
      const asked = /^(.*\.json)\.(frame|rest)\.js\?texts$/.exec(id);
      if (!asked?.[1]) return null;
      this.addWatchFile(asked[1]);
      const all = JSON.parse(readFileSync(asked[1], "utf8")) as Texts;
      return `export default ${JSON.stringify(splitTexts(all, src)[asked[2] as "frame" | "rest"])};`;
    },
  };
}
