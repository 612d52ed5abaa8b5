import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

const IMPORT = /^(?:import|export)\s+(?!type\b)(?:[^"';]*?\sfrom\s+)?"([~.][^"]*)"/gms;
const ENDS = ["", ".ts", ".tsx", "/index.tsx", "/index.ts"];

/** Every module that the page needs before its first screen: what `entry` imports, and what that imports, but nothing that is loaded later. */
export function modulesOf(entry: string, src: string): string[] {
  const seen = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const [, name = ""] of readFileSync(path, "utf8").matchAll(IMPORT)) {
      const wanted = name.startsWith("~/") ? join(src, name.slice(2)) : join(dirname(path), name);
      const file = ENDS.map((end) => wanted + end).find((one) => existsSync(one) && statSync(one).isFile());
      if (file && /\.tsx?$/.test(file)) visit(file);
    }
  };
  visit(entry);
  return [...seen];
}

/** The texts a module asks for: whole keys, and the beginnings of those that are put together. */
export function textsOf(path: string): { keys: string[]; beginnings: string[] } {
  const text = readFileSync(path, "utf8");
  const dotted = [...text.matchAll(/["'`]([a-z][A-Za-z]*(?:\.[A-Za-z0-9_]+)+)["'`]/g)].map((match) => match[1] ?? "");
  const beginnings = [...text.matchAll(/\bt\(\s*`([a-zA-Z.]+\.)\$\{/g)].map((match) => match[1] ?? "");
  return { keys: dotted, beginnings };
}
