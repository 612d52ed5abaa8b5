import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call, get, post } from "./client";
import { freshKey } from "~/lib/ids";
import type { AccessEntry, AggregateItem, BulkAnswer, ChangeSet, HistoryEntry, ListQuery, Page, RecordData, SearchHit, TimelineEntry } from "./types";

// A filter longer than this goes into a body, because proxies cut long addresses.
const LONGEST_FILTER_IN_URL = 1500;

export function fetchPage(object: string, query: ListQuery, cursor?: string | null, signal?: AbortSignal): Promise<Page<RecordData>> {
  const filter = query.filter ? JSON.stringify(query.filter) : undefined;
  const common = { sort: query.sort, limit: query.limit ?? 50, cursor: cursor ?? undefined, archived: query.archived, count: cursor ? undefined : query.count };
  if (filter && filter.length > LONGEST_FILTER_IN_URL) {
    const body = { ...common, sort: query.sort?.split(","), filter: query.filter, include: query.include, fields: query.fields };
    return post(`/records/${object}/query`, JSON.parse(JSON.stringify(body)), { signal });
  }
  return get(`/records/${object}`, { ...common, filter, include: query.include?.join(","), fields: query.fields?.join(",") }, signal);
}

export const listQuery = (object: string, query: ListQuery) =>
  infiniteQueryOptions({
    queryKey: ["list", object, query],
    queryFn: ({ pageParam, signal }) => fetchPage(object, query, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 15_000,
  });

/** The rows of a table. Others' changes do not refetch it: rows are mended in place, and new ones wait until they are wanted. */
export const rowsQuery = (object: string, query: ListQuery) =>
  infiniteQueryOptions({
    queryKey: ["rows", object, query],
    queryFn: ({ pageParam, signal }) => fetchPage(object, query, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 15_000,
    refetchOnWindowFocus: false,
  });

export const firstPageQuery = (object: string, query: ListQuery) =>
  queryOptions({ queryKey: ["list", object, "first", query], queryFn: ({ signal }) => fetchPage(object, query, null, signal), staleTime: 15_000 });

export const recordQuery = (object: string, id: string, include: string[] = []) =>
  queryOptions({
    queryKey: ["record", object, id, include],
    queryFn: ({ signal }) => get<RecordData>(`/records/${object}/${id}`, { include: include.join(",") || undefined }, signal),
    staleTime: 15_000,
  });

export const timelineQuery = (object: string, id: string) =>
  infiniteQueryOptions({
    queryKey: ["timeline", object, id],
    queryFn: ({ pageParam, signal }) => get<Page<TimelineEntry>>(`/records/${object}/${id}/timeline`, { cursor: pageParam, limit: 30 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const historyQuery = (object: string, id: string) =>
  infiniteQueryOptions({
    queryKey: ["history", object, id],
    queryFn: ({ pageParam, signal }) => get<Page<HistoryEntry>>(`/records/${object}/${id}/history`, { cursor: pageParam, limit: 50 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const accessQuery = (object: string, id: string) =>
  queryOptions({ queryKey: ["access", object, id], queryFn: ({ signal }) => get<Page<AccessEntry>>(`/records/${object}/${id}/access`, undefined, signal) });

export const searchQuery = (q: string, objects?: string[]) =>
  queryOptions({
    queryKey: ["search", q, objects],
    queryFn: ({ signal }) => get<Page<SearchHit>>("/search", { q, objects: objects?.join(","), limit: 12 }, signal),
    enabled: q.trim().length > 0,
    placeholderData: (before) => before,
    staleTime: 5_000,
  });

export interface AggregateBody {
  filter?: unknown;
  group_by: { field: string; bucket?: string }[];
  measures: { fn: string; field?: string }[];
  limit?: number;
  /** The zone in which buckets of moments begin. */
  time_zone?: string;
  archived?: "include" | "only";
}

export const aggregateQuery = (object: string, body: AggregateBody) =>
  queryOptions({
    queryKey: ["aggregate", object, body],
    queryFn: ({ signal }) => post<Page<AggregateItem>>(`/records/${object}/aggregate`, body, { signal }),
    staleTime: 15_000,
  });

export const createRecord = (object: string, values: Record<string, unknown>, idempotencyKey?: string) => post<RecordData>(`/records/${object}`, values, { idempotencyKey: idempotencyKey ?? freshKey() });
export const updateRecord = (object: string, id: string, version: number | "*", values: Record<string, unknown>) => call<RecordData>("PATCH", `/records/${object}/${id}`, { body: values, version });
export const archiveRecord = (object: string, id: string) => call<void>("DELETE", `/records/${object}/${id}`);
export const restoreRecord = (object: string, id: string) => post<RecordData>(`/records/${object}/${id}/restoration`);
export const bulk = (object: string, mode: "update" | "delete", items: Record<string, unknown>[]) => post<BulkAnswer>(`/records/${object}/bulk`, { mode, items }, { idempotencyKey: freshKey() });

export const changeSet = (id: string) => get<ChangeSet>(`/change-sets/${id}`);
export const undoChangeSet = (id: string, mode: "safe" | "force" = "safe") => post<{ id: string; status: string }>(`/change-sets/${id}/undo`, { mode }, { idempotencyKey: freshKey() });
export const runVerb = <T>(plural: string, id: string, verb: string, body: unknown) => post<T>(`/${plural}/${id}/${verb}`, body, { idempotencyKey: freshKey() });

export interface ExportJob {
  id: string;
  status: "running" | "done" | "failed";
  url?: string | null;
  rows?: number;
  /** Why it failed. */
  detail?: string | null;
}
export const startExport = (body: Record<string, unknown>) => post<ExportJob>("/exports", body);
export const exportJob = (id: string) => get<ExportJob>(`/exports/${id}`);
