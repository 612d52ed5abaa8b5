import { numberLocale } from "./format";

const writesComma = (language: string): boolean => language.startsWith("fr") || (language.startsWith("de") && language !== "de-CH");

/**
 * Reads a number as people type it in their language and gives the canonical decimal text, or null when it is none.
 * A single separator followed by exactly three digits is a thousands mark only if it is the locale's own.
 */
export function parseDecimal(text: string, language = numberLocale()): string | null {
  const comma = writesComma(language);
  const decimal = comma ? "," : ".";
  const group = comma ? "." : ",";
  let rest = text.trim().replace(/[\s\u00a0\u202f'’]/g, "").replace(/^\+/, "").replace(/−/g, "-");
  if (rest === "") return null;
  const lastDecimal = rest.lastIndexOf(decimal);
  const lastGroup = rest.lastIndexOf(group);
  if (lastDecimal >= 0 && lastGroup > lastDecimal) {
    // Typed in the other style: 1.234,50 in English.
    if (rest.indexOf(group) !== lastGroup) return null;
    rest = rest.split(decimal).join("").replace(group, ".");
  } else {
    if (lastGroup >= 0 && !groupsAreWhole(rest, group, decimal)) {
      if (lastDecimal >= 0 || rest.indexOf(group) !== lastGroup) return null;
      rest = rest.replace(group, ".");
    } else rest = rest.split(group).join("").replace(decimal, ".");
  }
  if (!/^-?(\d+(\.\d*)?|\.\d+)$/.test(rest)) return null;
  const negative = rest.startsWith("-");
  const [whole = "0", fraction = ""] = rest.replace("-", "").split(".");
  const digits = `${whole.replace(/^0+(?=\d)/, "") || "0"}${fraction ? `.${fraction}` : ""}`;
  return negative ? `-${digits}` : digits;
}

function groupsAreWhole(text: string, group: string, decimal: string): boolean {
  const [whole = ""] = text.replace("-", "").split(decimal);
  const [head = "", ...groups] = whole.split(group);
  return head.length >= 1 && head.length <= 3 && groups.every((part) => part.length === 3);
}

/** Canonical decimal text as one types it: the locale's decimal mark, no grouping. */
export function editableDecimal(value: string | number | null | undefined, language = numberLocale()): string {
  if (value === null || value === undefined || value === "") return "";
  const text = String(value).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  return writesComma(language) ? text.replace(".", ",") : text;
}

/** "2 h 30", "2:30", "45 min", "90 s", "1,5 h", "3 d"; a bare number is minutes. Seconds, or null. */
export function parseDuration(text: string): number | null {
  const clean = text.trim().toLowerCase();
  if (clean === "") return null;
  const clock = /^(\d+):(\d{1,2})$/.exec(clean);
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60;
  if (/^\d+$/.test(clean)) return Number(clean) * 60;
  const units: Record<string, number> = { d: 86_400, day: 86_400, days: 86_400, tag: 86_400, tage: 86_400, h: 3600, std: 3600, hour: 3600, hours: 3600, m: 60, min: 60, mins: 60, minutes: 60, minuten: 60, s: 1, sec: 1, sek: 1 };
  let total = 0;
  let rest = clean;
  let last = 0;
  while (rest !== "") {
    const part = /^(\d+(?:[.,]\d+)?)\s*([a-z]*)\.?\s*/.exec(rest);
    if (!part || part[0] === "") return null;
    const unit = part[2] ? units[part[2]] : last === 3600 ? 60 : undefined;
    if (unit === undefined) return null;
    total += Number((part[1] ?? "0").replace(",", ".")) * unit;
    last = unit;
    rest = rest.slice(part[0].length);
  }
  return Math.round(total);
}
