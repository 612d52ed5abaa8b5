import { useQueryClient } from "@tanstack/react-query";
import { asApiError, type ApiError } from "~/api/problem";
import { fetchPage, updateRecord } from "~/api/records";
import { get } from "~/api/client";
import type { RecordData } from "~/api/types";

export type Saved = { kind: "saved"; record: RecordData } | { kind: "conflict"; fresh: RecordData } | { kind: "refused"; problem: ApiError };

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/**
 * Saves under the version that was on screen. When somebody else wrote in between, but other fields, their change stays
 * and ours is written on top; when it was the same field, the caller shows both values.
 */
export function useSave(object: string): (seen: RecordData, values: Record<string, unknown>, force?: boolean) => Promise<Saved> {
  const client = useQueryClient();
  return async (seen, values, force = false) => {
    const finish = (record: RecordData): Saved => {
      client.setQueriesData<RecordData>({ queryKey: ["record", object, seen.id], predicate: ({ queryKey }) => Array.isArray(queryKey[3]) }, (old) => (old ? { ...withoutStaleNames(old, values), ...record } : old));
      void client.invalidateQueries({ predicate: ({ queryKey: [kind, name, id] }) => (name === object && (kind === "list" || kind === "aggregate")) || (name === object && id === seen.id && kind !== "access") });
      return { kind: "saved", record };
    };
    try {
      return finish(await updateRecord(object, seen.id, seen.version, values));
    } catch (thrown) {
      const problem = asApiError(thrown);
      if (problem.status !== 412) return { kind: "refused", problem };
      try {
        const fresh = await get<RecordData>(`/records/${object}/${seen.id}`);
        const touched = Object.keys(values).some((name) => !same(fresh[name], seen[name]) && !same(fresh[name], values[name]));
        if (touched && !force) return { kind: "conflict", fresh };
        return finish(await updateRecord(object, seen.id, fresh.version, values));
      } catch (again) {
        return { kind: "refused", problem: asApiError(again) };
      }
    }
  };
}

// `account_record` belongs to the old account; the new name is asked for afresh.
function withoutStaleNames(record: RecordData, values: Record<string, unknown>): RecordData {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !Object.keys(values).some((changed) => name === `${changed}_record`))) as RecordData;
}

/** Who changed a record last, as a name, for the note about a conflict. */
export async function lastEditor(record: RecordData): Promise<string | null> {
  const id = record.updated_by;
  if (typeof id !== "string") return null;
  const page = await fetchPage("user", { filter: { field: "id", op: "eq", value: id }, limit: 1, fields: ["name"] });
  const name = page.items[0]?.name;
  return typeof name === "string" ? name : null;
}
