import { queryOptions } from "@tanstack/react-query";
import { aggregateQuery, firstPageQuery } from "~/api/records";
import type { AggregateItem, ListQuery, RecordData } from "~/api/types";
import { isoDate } from "~/lib/dateInput";
import { locale, parseDate } from "~/lib/format";
import type { Condition } from "~/metadata/condition";
import { both } from "~/metadata/filter";
import { optionsOf, singleTarget, valueTypeOf, type FieldDef } from "~/metadata/model";

export const BUCKETS = ["day", "week", "month", "quarter", "year"] as const;
export type Bucket = (typeof BUCKETS)[number];

export interface Grouping {
  field: string;
  bucket?: Bucket;
}
export interface Group {
  /** Stable over refreshes: what folds it stays folded. */
  id: string;
  value: unknown;
  count: number;
  sum: unknown;
  filter: Condition;
}

export const MOST_GROUPS = 200;
/** Up to so many groups stand open by themselves. */
export const OPEN_AT_FIRST = 12;
export const ROWS_OF_GROUP = 50;

const GROUPABLE = ["choice", "boolean", "reference", "user", "date", "date_time", "text", "integer", "percent"];
const isMoment = (field: FieldDef) => ["date", "date_time"].includes(valueTypeOf(field));

export function canGroup(field: FieldDef): boolean {
  if (field.masked || field.hidden || field.archived || ["id", "version", "external_id"].includes(field.name)) return false;
  const type = valueTypeOf(field);
  return GROUPABLE.includes(type) && (type !== "reference" || singleTarget(field) !== null);
}

export function groupingOf(text: string | undefined, field: FieldDef | undefined): Grouping | null {
  if (!text || !field || !canGroup(field)) return null;
  const bucket = BUCKETS.find((one) => one === text.split(":")[1]);
  return { field: field.name, ...(isMoment(field) ? { bucket: bucket ?? "month" } : {}) };
}

export const groupText = (grouping: Grouping): string => (grouping.bucket ? `${grouping.field}:${grouping.bucket}` : grouping.field);

/** First day of the bucket after the one that begins on `day`. */
export function nextBucket(day: string, bucket: Bucket): string {
  const date = parseDate(day);
  if (bucket === "day") date.setDate(date.getDate() + 1);
  else if (bucket === "week") date.setDate(date.getDate() + 7);
  else date.setMonth(date.getMonth() + { month: 1, quarter: 3, year: 12 }[bucket]);
  return isoDate(date);
}

/** The rows of one group, as a condition. */
export function conditionOfGroup(field: FieldDef, grouping: Grouping, value: unknown): Condition {
  const name = field.name;
  if (value === null || value === undefined) return { field: name, op: "is_empty", value: true };
  if (grouping.bucket && typeof value === "string") {
    const end = nextBucket(value, grouping.bucket);
    const at = (day: string) => (valueTypeOf(field) === "date_time" ? parseDate(day).toISOString() : day);
    return { and: [{ field: name, op: "gte", value: at(value) }, { field: name, op: "lt", value: at(end) }] };
  }
  return { field: name, op: "eq", value };
}

/** Groups in an order that people expect: the options' own, stages by position, days by time, otherwise the largest first; the empty one last. */
export function inOrder(groups: Group[], field: FieldDef, positions: ReadonlyMap<string, number>): Group[] {
  const options = new Map(optionsOf(field).map((option, index) => [option.value, index]));
  const rank = (group: Group): number => {
    const value = String(group.value);
    if (group.value === null) return Number.POSITIVE_INFINITY;
    if (options.size) return options.get(value) ?? options.size;
    if (positions.size) return positions.get(value) ?? positions.size;
    if (valueTypeOf(field) === "boolean") return group.value === true ? 0 : 1;
    if (isMoment(field)) return parseDate(value).getTime();
    if (["integer", "percent"].includes(valueTypeOf(field))) return Number(value);
    return -group.count;
  };
  return [...groups].sort((a, b) => rank(a) - rank(b));
}

export function groupsQuery(object: string, query: ListQuery, field: FieldDef, grouping: Grouping, sum: string | null) {
  const measures = [{ fn: "count" }, ...(sum ? [{ fn: "sum", field: sum }] : [])];
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const asked = aggregateQuery(object, { filter: query.filter, archived: query.archived, group_by: [grouping], measures, limit: MOST_GROUPS, ...(grouping.bucket ? { time_zone: zone } : {}) });
  return queryOptions({ ...asked, select: (page: { items: AggregateItem[] }) => page.items.map((item): Group => {
    const value = item.key[grouping.field] ?? null;
    return { id: JSON.stringify(value), value, count: Number(item.values[0] ?? 0), sum: item.values[1] ?? null, filter: conditionOfGroup(field, grouping, value) };
  }) });
}

/** The first rows of a group; more of them come by a larger limit, so that one call holds what is on screen. */
export const groupRowsQuery = (object: string, query: ListQuery, group: Group, limit: number) =>
  firstPageQuery(object, { ...query, count: undefined, filter: both(query.filter, group.filter), limit });

export interface GridItem {
  key: string;
  group?: Group;
  row?: RecordData;
  /** Stands for rows that come when asked for. */
  more?: Group;
}

export function bucketLabel(day: string, bucket: Bucket): string {
  const date = parseDate(day);
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale(), options).format(date);
  if (bucket === "year") return format({ year: "numeric" });
  if (bucket === "quarter") return `${format({ year: "numeric" })} Q${Math.floor(date.getMonth() / 3) + 1}`;
  if (bucket === "month") return format({ month: "long", year: "numeric" });
  return format({ day: "numeric", month: "short", year: "numeric" });
}
