import type { ObjectDef } from "~/metadata/model";

export const FIRST_PLACES = ["opportunity", "contact", "account", "case", "lead", "campaign"];

/** Objects that stand in the sidebar, by area; all others are one click away under "All objects". */
const PLACES: { area: string; objects: string[] }[] = [
  { area: "customer", objects: ["account", "contact", "task", "meeting", "interaction", "segment"] },
  { area: "sales", objects: ["lead", "opportunity", "product", "quote", "order"] },
  { area: "marketing", objects: ["campaign", "journey"] },
  { area: "service", objects: ["case", "article"] },
];

export interface PlaceGroup {
  area: string;
  objects: ObjectDef[];
}

export function placesOf(objects: ObjectDef[], mayRead: (name: string) => boolean): PlaceGroup[] {
  const usable = objects.filter((object) => !object.archived && !object.system && mayRead(object.name));
  const known = PLACES.map(({ area, objects: names }) => ({ area, objects: names.flatMap((name) => usable.filter((object) => object.name === name)) }));
  const custom = usable.filter((object) => object.layer === "custom" || object.area === "custom");
  return [...known, { area: "custom", objects: custom }].filter((group) => group.objects.length > 0);
}

export function otherPlaces(objects: ObjectDef[], mayRead: (name: string) => boolean): ObjectDef[] {
  const shown = new Set(placesOf(objects, mayRead).flatMap((group) => group.objects.map((object) => object.name)));
  return objects.filter((object) => !object.archived && mayRead(object.name) && !shown.has(object.name)).sort((a, b) => a.plural_label.localeCompare(b.plural_label));
}
