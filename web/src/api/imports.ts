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

/** What a column was understood to hold; `as` names the kind: a field, a whole name, an e-mail, a part of an address, a note. */
export interface ImportMeaning {
  as: string;
  field?: string;
  by?: string | null;
  kind?: string;
  part?: string;
  n?: number;
  why?: string;
  channel?: string;
}

export interface ImportColumn {
  header: string;
  samples: string[];
  target: string | null;
  /** The whole of what was recognised; for a reference with the field by which it is found. */
  meaning?: ImportMeaning | null;
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
  missing?: MissingReference[];
  /** Odd phones and e-mails that are kept as they stand. */
  odd_values?: number;
  remarks?: string[];
  warnings?: ({ detail?: string; code?: string } | string)[];
  error?: string | null;
}

/** One entry of a MAP.toml. */
export type MappedColumn =
  | { from: string; skip: true }
  | { from?: string; template?: string; to: string; match?: string; missing?: string; values?: Record<string, string>; create?: Record<string, unknown>; label?: string };

/** The JSON of a MAP.toml: one entry for each way of a column into the record. */
export interface ImportMapping {
  key?: string;
  column: MappedColumn[];
  [answer: string]: unknown;
}

/** A value of a reference that fits no record, or more than one. */
export interface MissingReference {
  field: string;
  value: string;
  rows: number;
}

/** Brings the file as a trial: a file that needs no questions would otherwise be imported at once, before anybody has seen what it does. */
export function upload(file: File, object: string): Promise<ImportJob> {
  const body = new FormData();
  body.append("dry_run", "true");
  body.append("object", object);
  body.append("file", file);
  return call("POST", "/imports", { body });
}

/** Whether a trial has been made; its figures stand until the next one. */
export const wasTried = (job: ImportJob): boolean => job.preview !== undefined && job.status === "mapping";

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ["import", id],
    queryFn: ({ signal }) => get<ImportJob>(`/imports/${id}`, undefined, signal),
    refetchInterval: ({ state }) => (state.data?.status === "running" ? 500 : false),
    staleTime: 0,
  });

export const saveMapping = (id: string, mapping: ImportMapping) => call<ImportJob>("PATCH", `/imports/${id}`, { body: { mapping } });
export const runImport = (id: string, dryRun: boolean) => post<ImportJob>(`/imports/${id}/run`, { dry_run: dryRun });
