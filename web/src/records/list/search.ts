import type { Condition } from "~/metadata/condition";
import type { ListQuery } from "~/api/types";
import { defaultColumns } from "~/metadata/layout";
import { fieldOf, isIncludable, isSortable, type ObjectDef } from "~/metadata/model";
import { kitOf } from "~/fields";

/** The state of a list as it stands in the address: a link shows what the sender saw. */
export interface ListSearch {
  filter?: Condition;
  /** `-created_at,name` as the API takes it. */
  sort?: string;
  /** Columns in order, each with its width where it was changed: `name:260,email`. */
  columns?: string;
  archived?: "include" | "only";
  view?: "board";
}

/** Reads an address that anybody may have typed; what does not fit is left out. */
export function parseListSearch(raw: Record<string, unknown>): ListSearch {
  const search: ListSearch = {};
  if (isCondition(raw.filter)) search.filter = raw.filter;
  if (typeof raw.sort === "string" && /^-?[a-z0-9_.]+(,-?[a-z0-9_.]+)*$/.test(raw.sort)) search.sort = raw.sort;
  if (typeof raw.columns === "string" && raw.columns) search.columns = raw.columns;
  if (raw.archived === "include" || raw.archived === "only") search.archived = raw.archived;
  if (raw.view === "board") search.view = "board";
  return search;
}

const DEEPEST = 12;
function isCondition(value: unknown, depth = 0): value is Condition {
  if (typeof value !== "object" || value === null || Array.isArray(value) || depth > DEEPEST) return false;
  const c = value as Record<string, unknown>;
  if (Array.isArray(c.and)) return c.and.every((part) => isCondition(part, depth + 1));
  if (Array.isArray(c.or)) return c.or.every((part) => isCondition(part, depth + 1));
  if (c.not !== undefined) return isCondition(c.not, depth + 1);
  if (typeof c.related === "string") return true;
  return typeof c.field === "string" && typeof c.op === "string";
}

export interface Column {
  name: string;
  width: number;
}

export const NARROWEST = 64;
export const WIDEST = 800;

export function columnsOf(object: ObjectDef, text: string | undefined): Column[] {
  const chosen = (text ?? "")
    .split(",")
    .map((part) => part.split(":"))
    .flatMap(([name = "", width]) => {
      const field = fieldOf(object, name);
      if (!field || field.archived || field.hidden) return [];
      const wide = Number(width);
      return [{ name, width: Number.isFinite(wide) && wide > 0 ? Math.min(WIDEST, Math.max(NARROWEST, wide)) : widthOf(object, name) }];
    })
    .filter((column, index, all) => all.findIndex((other) => other.name === column.name) === index);
  if (chosen.length) return chosen;
  return defaultColumns(object).map((name) => ({ name, width: widthOf(object, name) }));
}

function widthOf(object: ObjectDef, name: string): number {
  const field = fieldOf(object, name);
  if (name === object.title) return 250;
  return field ? kitOf(field).width : 160;
}

/** The text for the address, or undefined when it is the default and need not stand there. */
export function columnsText(object: ObjectDef, columns: Column[]): string | undefined {
  const text = columns.map((c) => (c.width === widthOf(object, c.name) ? c.name : `${c.name}:${Math.round(c.width)}`)).join(",");
  const usual = defaultColumns(object).join(",");
  return text === usual || text === "" ? undefined : text;
}

export interface SortKey {
  field: string;
  down: boolean;
}
export function sortKeys(sort: string | undefined): SortKey[] {
  return (sort ?? "").split(",").filter(Boolean).map((key) => ({ field: key.replace(/^-/, ""), down: key.startsWith("-") }));
}

/** A click on a header: ascending, descending, then back to the usual order. */
export function nextSort(sort: string | undefined, field: string): string | undefined {
  const [first] = sortKeys(sort);
  if (first?.field !== field) return field;
  return first.down ? undefined : `-${field}`;
}

export function usualSort(object: ObjectDef): string {
  for (const name of ["position", "due_on", "at", "starts_at"]) {
    const field = fieldOf(object, name);
    if (field && isSortable(field)) return name === "position" || name === "due_on" ? name : `-${name}`;
  }
  const title = fieldOf(object, object.title);
  return title && isSortable(title) ? object.title : "-created_at";
}

/** The query for the server. References that are shown come with their record, so that names need no second call. */
export function listQueryOf(object: ObjectDef, search: ListSearch, columns: Column[]): ListQuery {
  const names = columns.map((column) => column.name);
  const include = names.filter((name) => {
    const field = fieldOf(object, name);
    return field !== undefined && isIncludable(field);
  });
  const needed = [object.title, object.subtitle ?? "", "version", "archived_at", "owner", ...names].filter((name) => name && fieldOf(object, name));
  return { filter: search.filter, sort: search.sort ?? usualSort(object), include: include.length ? include : undefined, fields: [...new Set(["id", ...needed])], archived: search.archived, limit: 100, count: "estimate" };
}
