import { queryOptions } from "@tanstack/react-query";
import { call, get } from "~/api/client";

export interface Trouble {
  at: string;
  detail: string;
}
export interface Backup {
  at: string;
  place: string;
  file: string;
  size: number;
  encrypted: boolean;
  hash: string | null;
  took_ms: number | null;
  result: "proven" | "failed" | null;
  proven_at: string | null;
  checked_at: string | null;
  proof_ms: number | null;
  detail: string | null;
  found: { tables: number; rows: number; files: number; sampled: number; erased: number } | null;
}
export interface BackupPlace {
  place: string;
  beside_the_data: boolean;
  made_at: string | null;
  proven_at: string | null;
  error: Trouble | null;
}
export interface Backups {
  items: Backup[];
  places: BackupPlace[];
  alarm: { reason: "no_backup" | "proof_failed" | "unproven"; place: string; detail: string }[];
  running: "backup" | "proof" | null;
  encrypted: boolean;
  every_ms: number;
  keep: { hourly: number; daily: number; monthly: number };
  prove_ms: number;
  alarm_ms: number;
}

/** Asked often while something is being done, and now and then otherwise. */
export const backupsQuery = queryOptions({
  queryKey: ["backups"],
  queryFn: ({ signal }) => get<Backups>("/backups", undefined, signal),
  refetchInterval: (query) => (query.state.data?.running ? 1_000 : 60_000),
});

export const makeBackup = () => call<Backups>("POST", "/backups", { body: {} });
export const proveBackups = () => call<Backups>("POST", "/backups/proof", { body: {} });
