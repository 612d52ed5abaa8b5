/** The order in which the reader last saw records of an object, so that a record page knows its next and previous. */
export interface Trail {
  ids: string[];
  /** How many there are in all; more than `ids` where the list has further pages. */
  total: number;
  atLeast: boolean;
  /** Loads the next page and tells all ids there are then. */
  more?: () => Promise<string[]>;
}

const trails = new Map<string, Trail>();

export function setTrail(object: string, trail: Trail): void {
  trails.set(object, trail);
}

export interface Place {
  before: string | null;
  after: string | null;
  /** True when the next one has to be fetched first. */
  further: boolean;
  index: number;
  total: number;
  atLeast: boolean;
}

/** Where a record stands in what the reader came from; null when they came from elsewhere. */
export function placeOf(object: string, id: string): Place | null {
  const trail = trails.get(object);
  const index = trail?.ids.indexOf(id) ?? -1;
  if (!trail || index < 0) return null;
  const after = trail.ids[index + 1] ?? null;
  return { before: trail.ids[index - 1] ?? null, after, further: after === null && trail.more !== undefined && index + 1 < trail.total, index, total: Math.max(trail.total, trail.ids.length), atLeast: trail.atLeast };
}

/** The record after one that is the last of those loaded. */
export async function fetchAfter(object: string, id: string): Promise<string | null> {
  const trail = trails.get(object);
  if (!trail?.more) return null;
  const ids = await trail.more();
  const known = new Set(trail.ids);
  const fresh = ids.filter((one) => !known.has(one));
  trails.set(object, { ...trail, ids: [...trail.ids, ...fresh], more: fresh.length ? trail.more : undefined });
  return placeOf(object, id)?.after ?? null;
}

// Each record has a page of its own, drawn afresh; who stepped by the button finds the focus on it again.
let stepped: "before" | "after" | null = null;

export function noteStep(way: "before" | "after"): void {
  stepped = way;
}

export function takeStep(): "before" | "after" | null {
  const way = stepped;
  stepped = null;
  return way;
}
