// Prints what each screen that one can begin with costs over the wire: the page, what it names, what its own part imports,
// and the texts of the language. The largest of them is the first screen that is promised.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";

const MOST = 200_000;
/** Parts that the first picture of a screen needs beside the frame. */
const SCREENS = { "sign in": ["SignIn"], "my day": ["MyDay"], list: ["ListPage", "ListTools"], record: ["RecordPage"] };
const LANGUAGES = { en: [], de: ["de-model"] };

const dist = new URL("../dist/", import.meta.url);
const names = readdirSync(new URL("assets/", dist)).filter((name) => /\.(js|css)$/.test(name));
const size = (path) => statSync(new URL(existsSync(new URL(`${path}.br`, dist)) ? `${path}.br` : path, dist)).size;
const part = (start) => {
  const found = names.filter((name) => name.startsWith(`${start}-`));
  if (!found.some((name) => name.endsWith(".js"))) throw new Error(`No part ${start} in dist: build/size.mjs names something that is gone.`);
  return found.map((name) => `assets/${name}`);
};
const needs = (path, seen = new Set()) => {
  if (seen.has(path)) return seen;
  seen.add(path);
  if (!path.endsWith(".js")) return seen;
  const text = readFileSync(new URL(path, dist), "utf8");
  for (const [, name] of text.matchAll(/\b(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) needs(`assets/${name}`, seen);
  return seen;
};
const page = readFileSync(new URL("index.html", dist), "utf8");
const frame = [...new Set([...page.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1]))].filter((path) => /\.(js|css)$/.test(path));
let worst = 0;
for (const [screen, parts] of Object.entries(SCREENS)) {
  const totals = Object.entries(LANGUAGES).map(([language, words]) => {
    const texts = [`${language}.json.frame`, ...words];
    const all = new Set(["index.html", ...frame, ...[...parts, ...texts].flatMap(part).flatMap((path) => [...needs(path)])]);
    return { language, kB: [...all].reduce((sum, path) => sum + size(path), 0) / 1000, files: all.size };
  });
  worst = Math.max(worst, ...totals.map((one) => one.kB * 1000));
  console.log(`${screen}: ${totals.map((one) => `${one.kB.toFixed(1)} kB in ${one.files} files (${one.language})`).join(", ")}`);
}
console.log(`largest first screen: ${(worst / 1000).toFixed(1)} kB compressed of ${MOST / 1000} (fonts apart)`);
process.exitCode = worst < MOST ? 0 : 1;
