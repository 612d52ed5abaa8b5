import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { freshKey } from "~/lib/ids";
import { get, post } from "./client";
import type { Page } from "./types";

export const LOG_KINDS = ["sign_in", "sign_in_refused", "sign_in_means", "read", "search", "log_read", "disclosure", "grant", "definition", "setting", "mass_change", "erasure", "restore", "paused"] as const;

/** One entry of the log of what was done with rights and data. */
export interface LogEntry {
  entry: number;
  kind: string;
  at: string;
  until: string | null;
  /** Null for somebody whom nobody knows. */
  by: { id: string; name: string | null } | null;
  through: string;
  via: string | null;
  object: string | null;
  record: string | null;
  detail: Record<string, unknown>;
  /** Null once the person whom it was about is erased. */
  private: Record<string, string | null> | null;
  records?: string[];
}
export interface LogQuestion {
  kind?: string;
  by?: string;
  object?: string;
  record?: string;
  saw?: string;
  searched?: string;
  from?: string;
}
export interface Verified {
  entries: number;
  heads: number;
  findings: { entry: number | null; what: string }[];
}

export const logQuery = (asked: LogQuestion) =>
  infiniteQueryOptions({
    queryKey: ["log", asked],
    queryFn: ({ pageParam, signal }) => get<Page<LogEntry>>("/log", { ...asked, limit: 100, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 10_000,
  });
export const logEntryQuery = (entry: number) => queryOptions({ queryKey: ["log", "entry", entry], queryFn: ({ signal }) => get<LogEntry>(`/log/${entry}`, undefined, signal), staleTime: Infinity });
/** Somebody who read far more than usual. */
export interface PausedReader {
  reader: string;
  by: { id: string; name: string | null };
  at: string;
  records: number;
  usual: number;
}
export const pausedQuery = queryOptions({ queryKey: ["log", "paused"], queryFn: ({ signal }) => get<{ items: PausedReader[] }>("/log/paused", undefined, signal), staleTime: 10_000 });
export const resumeReader = (reader: string) => post<void>("/log/paused/resume", { reader }, { idempotencyKey: freshKey() });
export const logHead = () => get<{ size: number; note: string }>("/log/head");
export const verifyLog = () => post<Verified>("/log/verification", {});
