import { fieldOf, type FieldDef, type ObjectDef } from "~/metadata/model";
import { AUTO, FRESH, goesTo, type Way } from "./mapping";

/** Required fields that no column fills: rows without them would all be refused. */
export function neededFields(object: ObjectDef, ways: Way[], special: boolean): FieldDef[] {
  const filled = new Set(ways.filter((way) => way.target !== "" && way.target !== AUTO).map(goesTo));
  // A whole name or an e-mail that the server places itself may fill what is asked for.
  if (special) return [];
  return object.fields.filter((field) => field.required && !field.base && !field.archived && field.default === undefined && !filled.has(field.name));
}

/** What a missing name may be put together from: the records that a row points at, else its first column. */
export function suggestedTemplate(object: ObjectDef, ways: Way[]): string {
  const points = ways.filter((way) => way.header !== null && (way.target === FRESH ? way.fresh.type === "reference" : ["account", "contact", "product"].includes(way.target) && fieldOf(object, way.target) !== undefined));
  const chosen = points.length ? points : ways.filter((way) => way.header !== null).slice(0, 1);
  return [...new Set(chosen.map((way) => `{${way.header}}`))].slice(0, 2).join(", ");
}
