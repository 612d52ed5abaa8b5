import type { Condition } from "~/metadata/condition";
import type { ListQuery } from "~/api/types";
import { defaultColumns } from "~/metadata/layout";
import { fieldOf, isIncludable, isSortable, typeOf, type ObjectDef } from "~/metadata/model";
import { kitOf } from "~/fields";

export type ViewKind = "table" | "board" | "calendar";
const KINDS: ViewKind[] = ["table", "board", "calendar"];

/** What a list shows: the same for a table, a board and a calendar. */
export interface ViewState {
  kind: ViewKind;
  filter?: Condition;
  /** `-created_at,name` as the API takes it. */
  sort?: string;
  /** Columns in order, each with what was changed of it: `name:260:f,amount::avg`. */
  columns?: string;
  /** The field whose values make the groups, with a bucket for dates: `close_date:month`. */
  group?: string;
  archived?: "include" | "only";
}

/**
 * A list as it stands in the address: the saved view, and what differs from it, so that a link shows what the sender
 * saw. What the view has and the reader took away stands there as null, "" or "none".
 */
export interface ListSearch {
  filter?: Condition | null;
  sort?: string;
  columns?: string;
  group?: string;
  archived?: "include" | "only" | "none";
  view?: ViewKind;
  /** The saved view: its id, or "all" for none where one would open by itself. */
  saved?: string;
  /** The record beside the list. */
  peek?: string;
}

const PATH = /^[a-z0-9_.]*(:[a-z_]+)?$/;

/** Reads an address that anybody may have typed; what does not fit is left out. */
export function parseListSearch(raw: Record<string, unknown>): ListSearch {
  const search: ListSearch = {};
  if (raw.filter === null || isCondition(raw.filter)) search.filter = raw.filter;
  if (typeof raw.sort === "string" && (raw.sort === "" || /^-?[a-z0-9_.]+(,-?[a-z0-9_.]+)*$/.test(raw.sort))) search.sort = raw.sort;
  if (typeof raw.columns === "string") search.columns = raw.columns;
  if (typeof raw.group === "string" && PATH.test(raw.group)) search.group = raw.group;
  if (raw.archived === "include" || raw.archived === "only" || raw.archived === "none") search.archived = raw.archived;
  if (KINDS.includes(raw.view as ViewKind)) search.view = raw.view as ViewKind;
  if (typeof raw.saved === "string" && /^[\w-]{1,64}$/.test(raw.saved)) search.saved = raw.saved;
  if (typeof raw.peek === "string" && /^[\w-]{1,64}$/.test(raw.peek)) search.peek = raw.peek;
  return search;
}

const TABLE: ViewState = { kind: "table" };

/** The saved view with what the address changes of it. */
export function resolveView(search: ListSearch, saved: ViewState = TABLE): ViewState {
  return {
    kind: search.view ?? saved.kind,
    filter: search.filter === undefined ? saved.filter : (search.filter ?? undefined),
    sort: search.sort === undefined ? saved.sort : search.sort || undefined,
    columns: search.columns === undefined ? saved.columns : search.columns || undefined,
    group: search.group === undefined ? saved.group : search.group || undefined,
    archived: search.archived === undefined ? saved.archived : search.archived === "none" ? undefined : search.archived,
  };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** What must stand in the address so that the saved view shows this. */
export function differenceOf(state: ViewState, saved: ViewState = TABLE): Omit<ListSearch, "saved" | "peek"> {
  return {
    view: state.kind === saved.kind ? undefined : state.kind,
    filter: same(state.filter, saved.filter) ? undefined : (state.filter ?? null),
    sort: same(state.sort, saved.sort) ? undefined : (state.sort ?? ""),
    columns: same(state.columns, saved.columns) ? undefined : (state.columns ?? ""),
    group: same(state.group, saved.group) ? undefined : (state.group ?? ""),
    archived: same(state.archived, saved.archived) ? undefined : (state.archived ?? "none"),
  };
}

export function isChanged(state: ViewState, saved: ViewState = TABLE): boolean {
  return Object.values(differenceOf(state, saved)).some((value) => value !== undefined);
}

const DEEPEST = 12;
export function isCondition(value: unknown, depth = 0): value is Condition {
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
  /** Stays in sight while the others scroll. */
  frozen?: boolean;
  /** What stands below it. */
  total?: Total;
}
export const TOTALS = ["none", "filled", "empty", "sum", "avg", "min", "max"] as const;
export type Total = (typeof TOTALS)[number];

export const NARROWEST = 64;
export const WIDEST = 800;

export function columnsOf(object: ObjectDef, text: string | undefined): Column[] {
  const chosen = (text ?? "")
    .split(",")
    .map((part) => part.split(":"))
    .flatMap(([name = "", width, marks = ""]): Column[] => {
      const field = fieldOf(object, name);
      if (!field || field.archived || field.hidden) return [];
      const wide = Number(width);
      const words = marks.split(".");
      const total = TOTALS.find((one) => words.includes(one));
      return [{ ...usual(object, name), width: Number.isFinite(wide) && wide > 0 ? Math.min(WIDEST, Math.max(NARROWEST, wide)) : widthOf(object, name), frozen: words.includes("f") || undefined, ...(total ? { total } : {}) }];
    })
    .filter((column, index, all) => all.findIndex((other) => other.name === column.name) === index);
  if (!chosen.length) return defaultColumns(object).map((name) => usual(object, name));
  // Frozen ones stand first, whatever the address says.
  return [...chosen.filter((column) => column.frozen), ...chosen.filter((column) => !column.frozen)];
}

function widthOf(object: ObjectDef, name: string): number {
  const field = fieldOf(object, name);
  if (name === object.title) return 250;
  if (name === "stage") return 130;
  return field ? kitOf(field).width : 160;
}

/** A column nobody changed: amounts are summed, since that is asked most. */
export function usual(object: ObjectDef, name: string): Column {
  const field = fieldOf(object, name);
  return { name, width: widthOf(object, name), total: field && typeOf(field) === "money" && !field.masked ? "sum" : "none" };
}

/** The text for the address, or undefined when it is the default and need not stand there. */
export function columnsText(object: ObjectDef, columns: Column[]): string | undefined {
  const text = columns
    .map((column) => {
      const own = usual(object, column.name);
      const marks = [column.frozen ? "f" : "", (column.total ?? "none") === own.total ? "" : (column.total ?? "none")].filter(Boolean).join(".");
      const width = column.width === own.width ? "" : String(Math.round(column.width));
      return [column.name, width, marks].join(":").replace(/:+$/, "");
    })
    .join(",");
  const standard = defaultColumns(object).join(",");
  return text === standard || text === "" ? undefined : text;
}

export interface SortKey {
  field: string;
  down: boolean;
}
export function sortKeys(sort: string | undefined): SortKey[] {
  return (sort ?? "").split(",").filter(Boolean).map((key) => ({ field: key.replace(/^-/, ""), down: key.startsWith("-") }));
}

export function sortText(keys: SortKey[]): string | undefined {
  return keys.map((key) => (key.down ? `-${key.field}` : key.field)).join(",") || undefined;
}

/** A click on a header: ascending, descending, then back to the usual order. With Shift it is added to what is sorted already. */
export function nextSort(sort: string | undefined, field: string, add = false): string | undefined {
  const keys = sortKeys(sort);
  const index = keys.findIndex((key) => key.field === field);
  const known = keys[index];
  if (add) {
    if (!known) return sortText([...keys, { field, down: false }]);
    return sortText(known.down ? keys.filter((key) => key !== known) : keys.map((key) => (key === known ? { field, down: true } : key)));
  }
  if (index !== 0 || !known) return field;
  return known.down ? undefined : `-${field}`;
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
export function listQueryOf(object: ObjectDef, state: ViewState, columns: Column[]): ListQuery {
  const names = columns.map((column) => column.name);
  const include = names.filter((name) => {
    const field = fieldOf(object, name);
    return field !== undefined && isIncludable(field);
  });
  const needed = [object.title, object.subtitle ?? "", "version", "archived_at", "owner", ...names].filter((name) => name && fieldOf(object, name));
  return { filter: state.filter, sort: state.sort ?? usualSort(object), include: include.length ? include : undefined, fields: [...new Set(["id", ...needed])], archived: state.archived, limit: 100, count: "estimate" };
}
