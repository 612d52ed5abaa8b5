import { locale } from "./format";

export function isoDate(date: Date): string {
  const pad = (n: number, width = 2) => String(n).padStart(width, "0");
  return `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

const UNITS: [RegExp, "d" | "w" | "m" | "y"][] = [
  [/^(d|days?|tag(e|en)?)$/, "d"],
  [/^(w|weeks?|wochen?)$/, "w"],
  [/^(m|months?|monate?n?)$/, "m"],
  [/^(y|years?|jahre?n?)$/, "y"],
];
const WORDS: Record<string, number> = { today: 0, heute: 0, tomorrow: 1, morgen: 1, yesterday: -1, gestern: -1 };

/**
 * Reads a date as people type it: 2026-12-18, 18.12.2026, 18/12, 18 Dec, "in 2 weeks", "tomorrow". Day before month,
 * as both languages of Rapport write it. Without a year the next such day is meant, at most eleven months ahead. Null when it is no date.
 */
export function parseDateInput(text: string, today = new Date(), language = locale()): string | null {
  const clean = text.trim().toLowerCase().replace(/\s+/g, " ");
  if (clean === "") return null;
  const word = WORDS[clean];
  if (word !== undefined) return isoDate(plus(today, word, "d"));
  const relative = /^(in|vor)?\s*([+-]?\d+)\s*([a-z]+)\s*(ago|her)?$/.exec(clean);
  if (relative && (relative[1] || relative[4] || /^[+-]/.test(relative[2] ?? ""))) {
    const unit = UNITS.find(([pattern]) => pattern.test(relative[3] ?? ""))?.[1];
    const sign = relative[1] === "vor" || relative[4] ? -1 : 1;
    if (unit) return isoDate(plus(today, sign * Number(relative[2]), unit));
  }
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(clean);
  if (iso) return exact(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const numeric = /^(\d{1,2})[./-]\s?(\d{1,2})[./-]?\s?(\d{2}|\d{4})?$/.exec(clean);
  if (numeric) return withYear(Number(numeric[1]), Number(numeric[2]), numeric[3], today);
  const named = /^(\d{1,2})\.? ([\p{L}]+)\.?,? ?(\d{2}|\d{4})?$/u.exec(clean) ?? swapped(/^([\p{L}]+)\.? (\d{1,2}),? ?(\d{2}|\d{4})?$/u.exec(clean));
  if (named) {
    const month = monthOf(named[2] ?? "", language);
    if (month) return withYear(Number(named[1]), month, named[3], today);
  }
  return null;
}

function swapped(match: RegExpExecArray | null): (string | undefined)[] | null {
  return match ? [match[0], match[2], match[1], match[3]] : null;
}

function monthOf(name: string, language: string): number | null {
  for (const tag of [language, "en-GB", "de-DE"]) {
    for (let month = 0; month < 12; month++) {
      const long = new Intl.DateTimeFormat(tag, { month: "long" }).format(new Date(2026, month, 1)).toLowerCase();
      if (name.length >= 3 && long.startsWith(name)) return month + 1;
    }
  }
  return null;
}

function withYear(day: number, month: number, year: string | undefined, today: Date): string | null {
  if (year) return exact(year.length === 2 ? 2000 + Number(year) : Number(year), month, day);
  const thisYear = exact(today.getFullYear(), month, day);
  if (thisYear && thisYear < isoDate(plus(today, -1, "m"))) return exact(today.getFullYear() + 1, month, day);
  return thisYear ?? exact(today.getFullYear() + 1, month, day);
}

function exact(year: number, month: number, day: number): string | null {
  const date = new Date(year, month - 1, day);
  return date.getFullYear() === year && date.getMonth() === month - 1 && date.getDate() === day ? isoDate(date) : null;
}

function plus(from: Date, count: number, unit: "d" | "w" | "m" | "y"): Date {
  const date = new Date(from.getFullYear(), from.getMonth(), from.getDate());
  if (unit === "d" || unit === "w") date.setDate(date.getDate() + count * (unit === "w" ? 7 : 1));
  else {
    const day = date.getDate();
    date.setDate(1);
    date.setMonth(date.getMonth() + count * (unit === "y" ? 12 : 1));
    const last = new Date(date.getFullYear(), date.getMonth() + 1, 0).getDate();
    date.setDate(Math.min(day, last));
  }
  return date;
}
