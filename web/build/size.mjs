// Prints what the first screen costs over the wire: the page, what it names, and the texts of one language.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";

const dist = new URL("../dist/", import.meta.url);
const size = (path) => statSync(new URL(existsSync(new URL(`${path}.br`, dist)) ? `${path}.br` : path, dist)).size;
const page = readFileSync(new URL("index.html", dist), "utf8");
const named = [...new Set([...page.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1]))].filter((path) => /\.(js|css)$/.test(path));
const texts = readdirSync(new URL("assets/", dist)).filter((name) => /^en-.*\.js$/.test(name)).map((name) => `assets/${name}`);
const all = ["index.html", ...named, ...texts];
const total = all.reduce((sum, path) => sum + size(path), 0);
console.log(`first screen: ${(total / 1000).toFixed(1)} kB compressed in ${all.length} files (fonts apart)`);
process.exitCode = total < 200_000 ? 0 : 1;
