import { queryOptions } from "@tanstack/react-query";
import { fetchPage } from "./records";
import type { RecordData } from "./types";

// Titles of referenced records are asked for in one request per object and tick, not one per cell.
const LARGEST_BATCH = 200;
type Waiting = { id: string; fields: string[]; resolve: (record: RecordData | null) => void; reject: (error: unknown) => void };
const queues = new Map<string, Waiting[]>();

function load(object: string, id: string, fields: string[]): Promise<RecordData | null> {
  return new Promise((resolve, reject) => {
    const queue = queues.get(object) ?? [];
    queue.push({ id, fields, resolve, reject });
    if (!queues.has(object)) {
      queues.set(object, queue);
      setTimeout(() => void flush(object), 8);
    }
  });
}

async function flush(object: string): Promise<void> {
  const all = queues.get(object) ?? [];
  queues.delete(object);
  for (let start = 0; start < all.length; start += LARGEST_BATCH) {
    const batch = all.slice(start, start + LARGEST_BATCH);
    const ids = [...new Set(batch.map((w) => w.id))];
    const fields = [...new Set(batch.flatMap((w) => w.fields))];
    try {
      const page = await fetchPage(object, { filter: { field: "id", op: "in", value: ids }, fields, limit: LARGEST_BATCH, archived: "include" });
      const byId = new Map(page.items.map((item) => [item.id, item]));
      batch.forEach((w) => w.resolve(byId.get(w.id) ?? null));
    } catch (error) {
      batch.forEach((w) => w.reject(error));
    }
  }
}

/** The few fields that name a record; null when it does not exist for the asker. */
export const titleQuery = (object: string, id: string, fields: string[]) =>
  queryOptions({ queryKey: ["record", object, id, "title"], queryFn: () => load(object, id, fields), staleTime: 60_000, retry: false });
