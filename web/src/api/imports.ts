import { queryOptions } from "@tanstack/react-query";
import { call, get, post } from "./client";

export interface ImportQuestion {
  /** What cannot be told from the file: date_order, decimal, percent, lost_zero. */
  kind: string;
  detail?: string;
  /** The answers as the mapping takes them. */
  answers: string[];
  /** What holds while nobody answers. */
  assumed?: string;
}

export interface ImportColumn {
  header: string;
  samples: string[];
  target: string | null;
  confidence?: number | string | null;
  why?: string | null;
  questions?: ImportQuestion[];
}

export interface ImportPreviewRow {
  line?: number;
  row?: number;
  action?: "create" | "update" | "unchanged" | "reject";
  title?: string | null;
  changes?: { field: string; old?: unknown; new: unknown }[];
  errors?: { field?: string; code?: string; detail: string }[];
}

export interface ImportJob {
  id: string;
  object: string;
  file?: string | null;
  status: "mapping" | "running" | "done" | "failed";
  dry_run?: boolean;
  rows: number;
  done?: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  change_set: string | null;
  errors_url: string | null;
  columns?: ImportColumn[];
  preview?: ImportPreviewRow[];
  diff?: ImportPreviewRow[];
  warnings?: ({ detail?: string; code?: string } | string)[];
  error?: string | null;
}

/** The JSON of a MAP.toml: one entry for each column of the file. */
export interface ImportMapping {
  key?: string;
  column: ({ from: string; to: string; match?: string } | { from: string; skip: true })[];
  [answer: string]: unknown;
}

export function upload(file: File, object: string): Promise<ImportJob> {
  const body = new FormData();
  body.append("object", object);
  body.append("file", file);
  return call("POST", "/imports", { body });
}

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ["import", id],
    queryFn: ({ signal }) => get<ImportJob>(`/imports/${id}`, undefined, signal),
    refetchInterval: ({ state }) => (state.data?.status === "running" ? 500 : false),
    staleTime: 0,
  });

export const saveMapping = (id: string, mapping: ImportMapping) => call<ImportJob>("PATCH", `/imports/${id}`, { body: { mapping } });
export const runImport = (id: string, dryRun: boolean) => post<ImportJob>(`/imports/${id}/run`, { dry_run: dryRun });
