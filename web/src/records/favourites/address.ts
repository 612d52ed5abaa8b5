import type { Place } from "./favourites";

/** Where a favourite leads: to its record, or to the list that its view opens. */
export function addressOf({ target, list }: Place) {
  return list === undefined
    ? { href: `/${target.object}/${target.id}`, to: { to: "/$object/$id", params: { object: target.object, id: target.id }, search: {} } as const }
    : { href: `/${list}?saved=${encodeURIComponent(target.id)}`, to: { to: "/$object", params: { object: list }, search: { saved: target.id } } as const };
}
