/** Conditions of CONTRACT 5: one shape for filters, views, segments, sharing and rules. */

import { typeOf, valueTypeOf, type FieldDef, type FieldType } from "./model";

export type Op = "eq" | "ne" | "lt" | "lte" | "gt" | "gte" | "in" | "not_in" | "between" | "contains" | "starts_with" | "is_empty" | "within";

export interface Test {
  field: string;
  op: Op;
  value: unknown;
}
export type Condition = Test | { and: Condition[] } | { or: Condition[] } | { not: Condition } | Related;
export interface Related {
  related: string;
  via?: string;
  where?: Condition;
  count?: { op: Op; value: number };
}

export function isTest(condition: Condition): condition is Test {
  return "field" in condition;
}

export type WithinUnit = "day" | "week" | "month" | "quarter" | "year" | "hour" | "minute" | "fiscal_quarter" | "fiscal_year";
export interface Within {
  last?: number;
  next?: number;
  this?: number | boolean;
  unit: WithinUnit;
}

const EMPTY: Op[] = ["is_empty"];
const TEXT: Op[] = ["contains", "eq", "ne", "starts_with", "in", ...EMPTY];
const NUMBER: Op[] = ["eq", "gte", "lte", "gt", "lt", "between", ...EMPTY];
const MOMENT: Op[] = ["within", "eq", "gte", "lte", "between", ...EMPTY];

/** Which comparisons make sense for a type, the usual one first. */
export const OPERATORS: Record<FieldType, Op[]> = {
  text: TEXT, long_text: ["contains", ...EMPTY], rich_text: ["contains", ...EMPTY], email: TEXT, phone: ["eq", "starts_with", "contains", ...EMPTY], url: TEXT, autonumber: ["eq", "starts_with", "contains"],
  choice: ["in", "not_in", ...EMPTY], multi_choice: ["contains", ...EMPTY],
  integer: NUMBER, duration: NUMBER, decimal: NUMBER, percent: NUMBER, money: NUMBER,
  boolean: ["eq", ...EMPTY], date: MOMENT, date_time: ["within", "gte", "lte", "between", ...EMPTY],
  reference: ["eq", "ne", "in", ...EMPTY], user: ["eq", "ne", "in", ...EMPTY], file: EMPTY, many_to_many: ["contains", ...EMPTY],
  geo_point: EMPTY, address: EMPTY, person_name: EMPTY, formula: NUMBER, roll_up: [],
};

export function operatorsOf(field: FieldDef): Op[] {
  return typeOf(field) === "roll_up" ? [] : OPERATORS[valueTypeOf(field)];
}

export function defaultValue(field: FieldDef, op: Op): unknown {
  if (op === "is_empty") return true;
  if (op === "within") return { this: 1, unit: "month" } satisfies Within;
  if (op === "in" || op === "not_in") return [];
  if (op === "between") return [null, null];
  switch (valueTypeOf(field)) {
    case "boolean":
      return true;
    case "user":
      return { me: true };
    default:
      return null;
  }
}

/** A test whose value is still missing is not sent: a half-built filter shows everything. */
export function isComplete(test: Test): boolean {
  const { value, op } = test;
  if (op === "between") return Array.isArray(value) && value.length === 2 && value.every((v) => v !== null && v !== "");
  if (op === "in" || op === "not_in") return Array.isArray(value) && value.length > 0;
  if (op === "within") return typeof value === "object" && value !== null && "unit" in value;
  return value !== null && value !== undefined && value !== "";
}

export function isMe(value: unknown): boolean {
  return typeof value === "object" && value !== null && "me" in value;
}
