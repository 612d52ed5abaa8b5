import { preferences } from "./preferences";

/** BCP 47 tag for Intl. British English, because the words of Rapport are British. */
export function locale(): string {
  return preferences().language === "de" ? "de-DE" : "en-GB";
}

/** Whose numbers: those of the language, unless somebody wants another mark. */
const NUMBERS_OF = { comma: "en-GB", dot: "de-DE", space: "fr-FR", apostrophe: "de-CH" };

export function numberLocale(): string {
  const { numbers } = preferences();
  return numbers === "language" ? locale() : (NUMBERS_OF[numbers] ?? locale());
}

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${numberLocale()}${JSON.stringify(options)}`;
  let format = cache.get(key) as Intl.NumberFormat | undefined;
  if (!format) cache.set(key, (format = new Intl.NumberFormat(numberLocale(), options)));
  return format;
}

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${locale()}${JSON.stringify(options)}`;
  let format = cache.get(key) as Intl.DateTimeFormat | undefined;
  if (!format) cache.set(key, (format = new Intl.DateTimeFormat(locale(), options)));
  return format;
}

export function formatNumber(value: number | string, digits?: number): string {
  // Intl formats decimal strings exactly (ES2023), so that no digit is lost through a float.
  return numberFormat({ maximumFractionDigits: digits ?? 6 }).format(value as number);
}

/** The size of a file, in the unit that one would say: 812 B, 45 kB, 3.1 MB. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${formatNumber(bytes)} B`;
  return bytes < 1_000_000 ? `${formatNumber(Math.ceil(bytes / 1000))} kB` : `${formatNumber(bytes / 1_000_000, 1)} MB`;
}

export interface Money {
  amount: string;
  currency: string;
}

export function isMoney(value: unknown): value is Money {
  return typeof value === "object" && value !== null && "amount" in value && "currency" in value;
}

/** Symbol first in English, as the locale wants elsewhere. Whole amounts drop their zeros: €528,900, but €12.50. */
export function formatMoney(money: Money): string {
  const whole = /^-?\d+(\.0*)?$/.test(money.amount);
  try {
    return numberFormat({
      style: "currency",
      currency: money.currency,
      ...(whole ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {}),
    }).format(money.amount as unknown as number);
  } catch {
    return `${money.currency} ${money.amount}`; // a code Intl does not know
  }
}

const DAY = 86_400_000;

/** Days from today to the date, in the reader's calendar: yesterday is -1. */
export function daysFromToday(date: Date, now = new Date()): number {
  const start = (d: Date) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
  return Math.round((start(date) - start(now)) / DAY);
}

/** A calendar date YYYY-MM-DD as local midnight (new Date would read it as UTC). */
export function parseDate(value: string): Date {
  const [year = 1970, month = 1, day = 1] = value.split("-").map(Number);
  return new Date(year, month - 1, day);
}

export function formatDate(value: string | Date, now = new Date()): string {
  const date = typeof value === "string" ? parseDate(value) : value;
  if (Number.isNaN(date.getTime())) return String(value);
  return date.getFullYear() === now.getFullYear()
    ? dateFormat({ day: "numeric", month: "short" }).format(date)
    : dateFormat({ day: "numeric", month: "short", year: "numeric" }).format(date);
}

export function formatDateLong(value: string | Date): string {
  const date = typeof value === "string" ? parseDate(value) : value;
  if (Number.isNaN(date.getTime())) return String(value);
  return dateFormat({ day: "numeric", month: "short", year: "numeric" }).format(date);
}

/** "Saturday, 21 November 2026". */
export function formatDayLong(date: Date): string {
  return dateFormat({ weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(date);
}

/** "Mon 23". */
export function formatDayShort(date: Date): string {
  return dateFormat({ weekday: "short", day: "numeric" }).format(date);
}
export const formatWeekday = (date: Date): string => dateFormat({ weekday: "short" }).format(date);
export const formatMonth = (date: Date): string => dateFormat({ month: "long", year: "numeric" }).format(date);
export const formatHour = (hour: number): string => dateFormat({ hour: "2-digit", minute: "2-digit" }).format(new Date(2000, 0, 1, hour));
/** "23–29 November 2026", as the language writes a range. */
export const formatRange = (from: Date, to: Date): string => dateFormat({ day: "numeric", month: "long", year: "numeric" }).formatRange(from, to);

/** "Today, 09:42", "Thu, 16:20", "15 Nov", "18 Dec 2026"; the exact moment belongs in the title. */
export function formatMoment(value: string | Date, now = new Date()): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return String(value);
  const days = daysFromToday(date, now);
  const time = dateFormat({ hour: "2-digit", minute: "2-digit" }).format(date);
  if (days === 0 || days === -1 || days === 1) return `${relativeDay(days)}, ${time}`;
  if (days > -7 && days < 0) return `${dateFormat({ weekday: "short" }).format(date)}, ${time}`;
  return formatDate(date, now);
}

export function formatMomentExact(value: string | Date): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return String(value);
  return dateFormat({ dateStyle: "full", timeStyle: "medium" }).format(date);
}

export function formatTime(value: string | Date): string {
  return dateFormat({ hour: "2-digit", minute: "2-digit" }).format(new Date(value));
}

export function relativeDay(days: number): string {
  const text = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(days, "day");
  return text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1);
}

/** "in 27 days", "3 days ago"; months and years beyond, so that the number stays small. */
export function formatDistance(date: Date, now = new Date()): string {
  const days = daysFromToday(date, now);
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  if (Math.abs(days) < 60) return relative.format(days, "day");
  if (Math.abs(days) < 730) return relative.format(Math.round(days / 30.44), "month");
  return relative.format(Math.round(days / 365.25), "year");
}

/** Seconds as "2 h 50", "45 min", "38 d". */
export function formatDuration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (Math.abs(seconds) < 60) return `${seconds} s`;
  if (Math.abs(minutes) < 60) return `${minutes} min`;
  if (Math.abs(minutes) < 48 * 60) {
    const rest = Math.abs(minutes % 60);
    return rest ? `${Math.trunc(minutes / 60)} h ${String(rest).padStart(2, "0")}` : `${Math.trunc(minutes / 60)} h`;
  }
  return `${Math.round(minutes / 1440)} d`;
}

/** The name of a day of the week, 0 for Sunday. */
export const weekdayName = (day: number): string => dateFormat({ weekday: "long" }).format(new Date(2023, 0, 1 + day)); // 1 January 2023 was a Sunday
