import type { ImportColumn, ImportMapping, MappedColumn } from "~/api/imports";

export type Missing = "report" | "create" | "empty";

/** A field that the import makes first. */
export interface FreshField {
  label: string;
  type: string;
  /** The object that a reference points at. */
  to?: string;
}

/** One way of a column into the record; a column may fill several fields, and a template puts several columns together. */
export interface Way {
  id: string;
  /** The header, or null for a text put together from columns. */
  header: string | null;
  template: string;
  /** The field; "" leaves the column out, FRESH makes a field. */
  target: string;
  /** For references: the field of the target by which it is found. */
  match: string;
  missing: Missing | "";
  /** Written value -> meant value. */
  values: Record<string, string>;
  /** Answers to what the file cannot tell, by kind. */
  answers: Record<string, string>;
  fresh: FreshField;
  /** Why the server leaves the column out by itself. */
  why?: string;
}

/** Makes a field for the column. */
export const FRESH = "+";
/** As the server understood it: more than one field can say, such as a whole name or one of several phones. */
export const AUTO = "=";
const NOTHING: Omit<Way, "id" | "header"> = { template: "", target: "", match: "", missing: "", values: {}, answers: {}, fresh: { label: "", type: "text" } };

export const wayOf = (header: string | null, change: Partial<Way> = {}): Way => ({ ...NOTHING, id: `${header ?? ""}/${Math.random().toString(36).slice(2)}`, header, ...change });

/** Whether the server will place the column by itself, in a way that no single field says. */
export const isSpecial = (column: ImportColumn): boolean => column.confidence === 1 && Boolean(column.meaning) && !["field", "ignore"].includes(column.meaning?.as ?? "field");

/** What the server recognised is where each column starts. */
export function firstWays(columns: ImportColumn[]): Way[] {
  return columns.map((column) => {
    const target = isSpecial(column) ? AUTO : column.meaning && column.meaning.as !== "field" ? "" : (column.target ?? "");
    return wayOf(column.header, { id: `${column.header}/0`, target, match: column.meaning?.by ?? "", fresh: { label: spoken(column.header), type: "text" }, why: column.meaning?.why });
  });
}

/** `deal_stage` -> `Deal stage`: a header as a label. */
export function spoken(header: string): string {
  const words = header.replace(/_+/g, " ").trim();
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** `Deal stage (source)` -> `deal_stage_source`: the name of a field that is made, as the server spells it. */
export function slug(text: string): string {
  const folded = text.normalize("NFD").replace(/\p{M}/gu, "").replace(/ß/g, "ss").toLowerCase();
  const name = folded.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 60);
  return name === "" ? "field" : /^\d/.test(name) ? `n_${name}` : name;
}

export const goesTo = (way: Way): string => (way.target === FRESH ? slug(way.fresh.label) : way.target);

// Where an answer stands in the mapping: at its column, but for what concerns whole rows.
const AT_COLUMN: Record<string, string> = { date_order: "date", decimal: "decimal", percent: "percent" };
const FOR_ALL = ["lost_zero"];

/** What the server needs: each column either goes somewhere or is skipped by name, so that nothing is dropped silently. */
export function mappingOf(ways: Way[], key: string): ImportMapping {
  const general = Object.fromEntries(ways.flatMap((way) => Object.entries(way.answers).filter(([kind]) => FOR_ALL.includes(kind))));
  return { ...(key ? { key } : {}), ...general, column: ways.filter((way) => way.target !== AUTO && (way.header !== null || way.target !== "")).map(mappedColumn) };
}

function mappedColumn(way: Way): MappedColumn {
  if (way.header !== null && way.target === "") return { from: way.header, skip: true };
  return {
    ...(way.header === null ? { template: way.template } : { from: way.header }),
    to: goesTo(way),
    ...(way.match ? { match: way.match } : {}),
    ...(way.missing ? { missing: way.missing } : {}),
    ...(Object.keys(way.values).length ? { values: way.values } : {}),
    ...(way.target === FRESH ? { label: way.fresh.label, create: { [way.fresh.type]: way.fresh.to ? { to: way.fresh.to } : {} } } : {}),
    ...Object.fromEntries(Object.entries(way.answers).flatMap(([kind, value]) => (AT_COLUMN[kind] ? [[AT_COLUMN[kind], value]] : []))),
  };
}

/** What still has to be said before rows can be checked: ways that make a field without a label or without its target. */
export const unfinished = (way: Way): boolean => (way.target === FRESH && (way.fresh.label.trim() === "" || (way.fresh.type === "reference" && !way.fresh.to))) || (way.header === null && way.target !== "" && way.template.trim() === "");

const squash = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

/** Steps from one word to the other: letters put in, taken out or changed. */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row.push(Math.min((row[j - 1] ?? 0) + 1, (before[j] ?? 0) + 1, (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    before = row;
  }
  return before[b.length] ?? 0;
}

/** The name that was probably meant, or null: at most one letter in four may differ, spaces and accents do not count. */
export function likely(value: string, names: string[]): string | null {
  const wanted = squash(value);
  let best: { name: string; steps: number } | null = null;
  for (const name of names) {
    const steps = distance(wanted, squash(name));
    if (steps <= Math.floor(wanted.length / 4) && (best === null || steps < best.steps)) best = { name, steps };
  }
  return best?.name ?? null;
}
