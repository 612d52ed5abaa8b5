import { fieldOf, isWritable, typeOf, visibleFields, type FieldDef, type ObjectDef } from "./model";

/**
 * What a screen shows before somebody chose: derived from the definition, because most objects need no layout file.
 * A `layout` in the definition wins.
 */
const FIRST_WORDS = [
  "account", "contact", "stage", "status", "kind", "amount", "total", "close_date", "email", "phone", "title", "industry", "city", "country", "priority", "due_on", "score", "type", "role",
  "company", "ordered_at", "at", "starts_at", "starts_on", "position", "probability", "number",
];
const LONG = ["long_text", "rich_text", "geo_point", "address", "many_to_many", "file"];

export function defaultColumns(object: ObjectDef): string[] {
  const chosen = object.layout?.columns?.filter((name) => fieldOf(object, name));
  if (chosen?.length) return chosen;
  const own = visibleFields(object).filter((field) => !field.base && field.name !== object.title && !LONG.includes(typeOf(field)));
  // With an account beside it the contact is one column too many; both are a click away.
  const wanted = FIRST_WORDS.map((name) => own.find((field) => field.name === name)).filter((f): f is FieldDef => f !== undefined && !(f.name === "contact" && own.some((other) => other.name === "account")));
  const others = own.filter((field) => !wanted.includes(field));
  const picked = [...wanted, ...others].slice(0, 4).map((field) => field.name);
  return [object.title, ...picked, "owner", "updated_at"].filter((name, index, all) => fieldOf(object, name) !== undefined && all.indexOf(name) === index);
}

const MOST_FACTS = 6;
const FEWEST_FACTS = 4;

/** The few facts under the name: filled ones first, empty ones only to keep the row from looking bare. */
export function highlights(object: ObjectDef, record: Record<string, unknown>): FieldDef[] {
  const named = object.layout?.highlights ?? ["account", "contact", "amount", "total", "close_date", "due_on", "status", "lifecycle_stage", "email", "phone", "industry", "employees", "annual_revenue", "probability", "score", "priority", "kind", "at", "title"];
  const own = named.map((name) => fieldOf(object, name)).filter((field): field is FieldDef => field !== undefined && !field.archived && field.name !== object.title);
  const owner = fieldOf(object, "owner");
  const filled = own.filter((field) => record[field.name] !== null && record[field.name] !== undefined && record[field.name] !== "");
  const shown = new Set([...filled.slice(0, MOST_FACTS - 1), ...own.slice(0, Math.max(0, FEWEST_FACTS - 1 - filled.length))]);
  return [...(owner ? [owner] : []), ...own.filter((field) => shown.has(field))];
}

/** Fields of the record page in reading order; base fields that only the engine writes come last. */
export function detailSections(object: ObjectDef): { label: string | null; fields: FieldDef[] }[] {
  const visible = visibleFields(object);
  const sections = object.layout?.sections;
  if (sections?.length) {
    const placed = new Set(sections.flatMap((section) => section.fields));
    const rest = visible.filter((field) => !placed.has(field.name) && !field.base);
    return [
      ...sections.map((section) => ({ label: section.label, fields: section.fields.map((name) => fieldOf(object, name)).filter((f): f is FieldDef => f !== undefined && !f.archived) })),
      ...(rest.length ? [{ label: null, fields: rest }] : []),
    ];
  }
  return [{ label: null, fields: [...visible.filter((field) => !field.base), ...visible.filter((field) => field.name === "owner" || field.name === "team")] }];
}

const RARELY_WANTED = ["id", "version", "external_id", "archived_at"];

/** Fields to choose among: those of the object itself, then owner and team, then what the engine writes. */
export function choosable(object: ObjectDef): FieldDef[] {
  const rank = (field: FieldDef) => (!field.base ? 0 : field.name === "owner" || field.name === "team" ? 1 : RARELY_WANTED.includes(field.name) ? 3 : 2);
  return [...visibleFields(object)].sort((a, b) => rank(a) - rank(b));
}

/** Fields the create dialog asks for at once; the rest is behind "Show all fields". */
export function createFields(object: ObjectDef): { first: FieldDef[]; rest: FieldDef[] } {
  const writable = visibleFields(object).filter((field) => isWritable(field) && (!field.base || field.name === "owner"));
  const anyOf = new Set((object.require_any ?? []).flat());
  const columns = new Set(defaultColumns(object));
  const first = writable.filter((field) => field.required || field.name === object.title || anyOf.has(field.name) || (columns.has(field.name) && field.name !== "owner"));
  const order = (field: FieldDef) => (field.required ? 0 : field.name === object.title ? 1 : anyOf.has(field.name) ? 2 : 3);
  first.sort((a, b) => order(a) - order(b));
  const rest = writable.filter((field) => !first.includes(field));
  return first.length >= 3 || rest.length === 0 ? { first, rest } : { first: [...first, ...rest.slice(0, 5)], rest: rest.slice(5) };
}
