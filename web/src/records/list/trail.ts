/** The order in which the reader last saw records of an object, so that a record page knows its next and previous. */
const trails = new Map<string, string[]>();

export function setTrail(object: string, ids: string[]): void {
  trails.set(object, ids);
}

export function neighboursOf(object: string, id: string): { before: string | null; after: string | null; index: number; count: number } | null {
  const ids = trails.get(object);
  const index = ids?.indexOf(id) ?? -1;
  if (!ids || index < 0) return null;
  return { before: ids[index - 1] ?? null, after: ids[index + 1] ?? null, index, count: ids.length };
}
