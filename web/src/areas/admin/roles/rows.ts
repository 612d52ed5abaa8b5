import { modelLabel } from "~/lib/i18n";
import type { ObjectDef } from "~/metadata/model";

export interface MatrixRow {
  name: string;
  label: string;
  /** Its records follow the ones they belong to. */
  child: boolean;
}
export interface RowGroup {
  area: string;
  rows: MatrixRow[];
}

const AREAS = ["customer", "sales", "marketing", "service", "privacy", "custom", "admin"];

/** Objects by area, those that stand for themselves before those that belong to others. */
export function objectGroups(objects: ObjectDef[], known: (name: string) => boolean, find: string): RowGroup[] {
  const wanted = find.trim().toLocaleLowerCase();
  const groups = new Map<string, MatrixRow[]>();
  for (const object of objects) {
    const label = modelLabel(object.plural_label);
    if (object.archived || !known(object.name) || (wanted && !label.toLocaleLowerCase().includes(wanted))) continue;
    const area = object.layer === "custom" ? "custom" : AREAS.includes(object.area ?? "") ? (object.area ?? "") : "others";
    groups.set(area, [...(groups.get(area) ?? []), { name: object.name, label, child: object.sharing === "parent" }]);
  }
  const place = (area: string) => (AREAS.includes(area) ? AREAS.indexOf(area) : AREAS.length);
  return [...groups]
    .sort(([a], [b]) => place(a) - place(b))
    .map(([area, rows]) => ({ area, rows: rows.sort((a, b) => Number(a.child) - Number(b.child) || a.label.localeCompare(b.label)) }));
}
