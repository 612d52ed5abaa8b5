/** Definitions as the server gives them (CONTRACT 4): the JSON of their TOML. */

export const FIELD_TYPES = [
  "text", "long_text", "rich_text", "email", "phone", "url", "choice", "autonumber", "integer", "duration", "decimal", "percent", "money", "boolean",
  "date", "date_time", "multi_choice", "reference", "user", "file", "many_to_many", "geo_point", "address", "person_name", "formula", "roll_up",
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export interface ChoiceOption {
  value: string;
  label: string;
  color?: string;
  archived?: boolean;
}

export interface FieldDef {
  id?: string;
  name: string;
  label: string;
  type: Partial<Record<FieldType, Record<string, unknown>>> | FieldType;
  required?: boolean;
  read_only?: boolean;
  sensitivity?: "public" | "internal" | "personal" | "special";
  default?: unknown;
  help?: string;
  archived?: boolean;
  custom?: boolean;
  base?: boolean;
  /** The asker's role hides or masks it. */
  masked?: boolean;
  hidden?: boolean;
}

export interface ObjectDef {
  name: string;
  plural: string;
  label: string;
  plural_label: string;
  description?: string;
  icon?: string;
  area?: string;
  title: string;
  subtitle?: string | null;
  sharing?: string;
  parents?: string[];
  timeline?: string[];
  search?: string[];
  require_any?: string[][];
  system?: boolean;
  archived?: boolean;
  layer?: "standard" | "custom";
  layout?: { columns?: string[]; highlights?: string[]; sections?: { label: string; fields: string[] }[] };
  fields: FieldDef[];
}

export function typeOf(field: FieldDef): FieldType {
  if (field.base && field.name === "id") return "text"; // the server knows it as a reference to the record itself
  if (typeof field.type === "string") return field.type;
  return (Object.keys(field.type)[0] ?? "text") as FieldType;
}

export function parametersOf(field: FieldDef): Record<string, unknown> {
  if (typeof field.type === "string") return {};
  return (Object.values(field.type)[0] as Record<string, unknown> | undefined) ?? {};
}

/** The type its values have: a formula shows as its result, a roll-up as what it computes. */
export function valueTypeOf(field: FieldDef): FieldType {
  const type = typeOf(field);
  if (type === "formula") {
    const result = parametersOf(field).result;
    if (typeof result === "string") return result as FieldType;
    if (result && typeof result === "object") return (Object.keys(result)[0] ?? "text") as FieldType;
    return "text";
  }
  return type;
}

export function optionsOf(field: FieldDef): ChoiceOption[] {
  const options = parametersOf(field).options;
  return Array.isArray(options) ? (options as ChoiceOption[]) : [];
}

/** Objects a field may point at; "*" stands for any. Empty for what is no reference. */
export function targetsOf(field: FieldDef): string[] {
  const type = typeOf(field);
  if (type === "user") return ["user"];
  if (type === "file") return ["file"];
  const to = parametersOf(field).to;
  if (type !== "reference" && type !== "many_to_many") return [];
  if (Array.isArray(to)) return to as string[];
  return typeof to === "string" ? [to] : [];
}

export function singleTarget(field: FieldDef): string | null {
  const targets = targetsOf(field);
  return targets.length === 1 && targets[0] !== "*" ? (targets[0] ?? null) : null;
}

/** References whose record can come along with `include`: those to one object. */
export function isIncludable(field: FieldDef): boolean {
  return (typeOf(field) === "reference" || typeOf(field) === "user") && singleTarget(field) !== null && !field.masked && !field.hidden;
}

const UNSORTABLE: FieldType[] = ["roll_up", "geo_point", "address", "person_name", "many_to_many", "long_text", "rich_text"];
export function isSortable(field: FieldDef): boolean {
  return !UNSORTABLE.includes(valueTypeOf(field)) && !field.masked && !field.hidden;
}

export function isComputed(field: FieldDef): boolean {
  return ["formula", "roll_up", "autonumber"].includes(typeOf(field));
}

const SYSTEM_WRITTEN = ["id", "version", "created_at", "created_by", "updated_at", "updated_by", "archived_at"];
export function isWritable(field: FieldDef): boolean {
  return !field.read_only && !field.archived && !field.masked && !field.hidden && !isComputed(field) && !SYSTEM_WRITTEN.includes(field.name);
}

export function fieldOf(object: ObjectDef, name: string): FieldDef | undefined {
  return object.fields.find((field) => field.name === name);
}

export function visibleFields(object: ObjectDef): FieldDef[] {
  return object.fields.filter((field) => !field.archived && !field.hidden);
}
