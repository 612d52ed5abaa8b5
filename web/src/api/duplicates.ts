import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { freshKey } from "~/lib/ids";
import { call, get, post } from "./client";
import type { Page } from "./types";

/** What one field says about two records, without their values. */
export interface Clue {
  field: string;
  says: string;
  /** Bits: each doubles the odds; below 0 speaks against. */
  weight: number;
}
export interface Likeness {
  object: string;
  id: string;
  title: string | null;
  /** None where fields take part that one may not read. */
  probability: number | null;
  evidence: Clue[];
}
export interface Pair {
  object: string;
  left: { id: string };
  right: { id: string };
  probability: number | null;
  evidence: Clue[];
}
export interface Merge {
  id: string;
  object: string;
  winner: string;
  loser: string | null;
  by: { id: string; name: string | null } | null;
  at: string;
  undone_at: string | null;
}
export interface Unmerged {
  id: string;
  loser: string;
  restored: number;
  conflicts: { object: string | null; id: string | null; field?: string; why: string }[];
}

export const MATCHED = ["contact", "account", "lead"];

export const duplicatesQuery = (object: string, id: string) =>
  queryOptions({ queryKey: ["duplicates", object, id], queryFn: ({ signal }) => get<{ items: Likeness[]; merges: Merge[] }>(`/records/${object}/${id}/duplicates`, undefined, signal), staleTime: 60_000 });

export const queueQuery = (object: string) =>
  infiniteQueryOptions({
    queryKey: ["duplicates", object, "queue"],
    queryFn: ({ pageParam, signal }) => get<Page<Pair>>(`/duplicates/${object}`, { limit: 50, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 15_000,
  });

export const looksLikeQuery = (object: string, values: Record<string, unknown>) =>
  queryOptions({ queryKey: ["duplicates", object, "like", values], queryFn: ({ signal }) => post<{ items: Likeness[] }>(`/records/${object}/looks-like`, values, { signal }), staleTime: 60_000, retry: false });

export const mergeRecords = (object: string, winner: string, loser: string, fields: Record<string, "winner" | "loser">) =>
  post<{ id: string; merge: string; moved: number }>(`/records/${object}/${winner}/merge`, { loser, fields }, { idempotencyKey: freshKey() });
export const unmerge = (id: string) => call<Unmerged>("DELETE", `/merges/${id}`);
export const setDistinct = (object: string, id: string, other: string, distinct: boolean) => post<void>(`/records/${object}/${id}/distinct`, { other, distinct });
export const searchDuplicates = (object: string) => post<{ status: string }>(`/duplicates/${object}/search`);
