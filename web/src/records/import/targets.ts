import type { ImportColumn } from "~/api/imports";
import { modelLabel, t } from "~/lib/i18n";
import { fieldOf, isComputed, singleTarget, typeOf, visibleFields, type FieldDef, type ObjectDef } from "~/metadata/model";

/** What only the right to import the past may set. */
const PAST = ["created_at", "created_by", "updated_at", "closed_at"];
const ENGINE = ["id", "version", "archived_at", "updated_by"];

export function importable(object: ObjectDef): FieldDef[] {
  return visibleFields(object).filter((field) => !isComputed(field) && !ENGINE.includes(field.name) && (!field.read_only || PAST.includes(field.name)));
}

/** The object that a reference column is looked up in. */
export function lookedUpIn(field: FieldDef | undefined, objects: ObjectDef[]): ObjectDef | undefined {
  if (!field) return undefined;
  if (["owner", "created_by", "updated_by"].includes(field.name)) return objects.find((object) => object.name === "user");
  return ["reference", "user", "many_to_many"].includes(typeOf(field)) ? objects.find((object) => object.name === singleTarget(field)) : undefined;
}

/** The fields by which a record of that object can be found. */
export function findableBy(target: ObjectDef): FieldDef[] {
  const names = [target.title, "name", "full_name", "email", "number", "code", "external_id"];
  return [...new Set(names)].map((name) => fieldOf(target, name)).filter((field): field is FieldDef => field !== undefined);
}

/** A whole name, an e-mail among several, a part of an address: in words. */
export function specialLabel(column: ImportColumn): string {
  const meaning = column.meaning;
  if (!meaning) return "";
  const own = meaning.as === "address" ? t(`part.${meaning.part}`, { defaultValue: meaning.part ?? "" }) : t(`import.as.${meaning.as}`, { defaultValue: meaning.as });
  return meaning.n ? `${own} ${meaning.n + 1}` : own;
}

export const labelOf = (object: ObjectDef, name: string): string => modelLabel(fieldOf(object, name)?.label ?? name);
