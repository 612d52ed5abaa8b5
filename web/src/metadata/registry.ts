import { queryOptions, useQuery } from "@tanstack/react-query";
import { get } from "~/api/client";
import { rightsQuery } from "~/api/session";
import type { RecordData } from "~/api/types";
import type { ObjectDef } from "./model";

export const objectsQuery = queryOptions({
  queryKey: ["objects"],
  queryFn: async ({ signal }) => (await get<{ items: ObjectDef[] }>("/objects", undefined, signal)).items,
  staleTime: 5 * 60_000,
});

export function useObjects(): ObjectDef[] {
  return useQuery(objectsQuery).data ?? [];
}

export function useObject(name: string | null | undefined): ObjectDef | undefined {
  return useObjects().find((object) => object.name === name);
}

export interface Can {
  create: boolean;
  read: boolean;
  update: boolean;
  delete: boolean;
  export: boolean;
}

/** What the asker's roles allow on an object. The server decides; this only leaves out what would be refused. */
export function useCan(object: string): Can {
  const rights = useQuery(rightsQuery).data?.objects[object];
  return { create: false, read: true, update: false, delete: false, export: false, ...rights };
}

export function useCapability(capability: string): boolean {
  return useQuery(rightsQuery).data?.capabilities.includes(capability) ?? false;
}

/** The text that names a record on screen. */
export function titleOf(object: ObjectDef | undefined, record: Partial<RecordData> | null | undefined): string {
  if (!record) return "";
  const own = object ? record[object.title] : undefined;
  for (const candidate of [own, record.name, record.full_name, record.subject, record.number, record.email, record.external_id]) {
    if (typeof candidate === "string" && candidate.trim()) return candidate;
  }
  return "";
}
