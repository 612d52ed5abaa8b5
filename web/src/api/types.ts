import type { Condition } from "~/metadata/condition";

export type Value = unknown;

/** Flat JSON of CONTRACT: every readable field plus the base fields. */
export interface RecordData {
  id: string;
  version: number;
  [field: string]: Value;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
  total?: number;
  total_at_least?: boolean;
}

export interface User {
  id: string;
  name: string;
  email: string | null;
  roles: string[];
  teams: string[] | { id: string; name: string }[];
  must_change_password?: boolean;
  totp?: boolean;
}

export interface Session {
  user: User;
  workspace: { name: string; currency: string; time_zone: string };
  csrf_token: string;
}

export interface ObjectRights {
  create: boolean;
  read: boolean;
  update: boolean;
  delete: boolean;
  export: boolean;
}

export interface Rights {
  objects: Record<string, Partial<ObjectRights>>;
  capabilities: string[];
}

export interface ListQuery {
  filter?: Condition;
  sort?: string;
  include?: string[];
  fields?: string[];
  limit?: number;
  archived?: "include" | "only";
  count?: "exact" | "estimate";
}

export interface TimelineEntry {
  at: string;
  kind: string;
  object: string;
  id: string;
  title: string;
  body?: string | null;
  by?: { id: string; name: string } | string | null;
}

export interface HistoryEntry {
  version: number;
  at: string;
  by: { id: string; name: string } | null;
  through: string;
  change_set: string | null;
  changes: { field: string; old: Value; new: Value }[];
}

export interface AccessEntry {
  user: { id: string; name: string; email: string | null };
  read: boolean;
  update: boolean;
  delete: boolean;
  because: { kind: string; name: string }[];
}

export interface SearchHit {
  object: string;
  id: string;
  title: string;
  subtitle?: string | null;
  matched?: string | null;
}

export interface BulkAnswer {
  change_set: string | null;
  items: { index: number; status: number; id?: string; version?: number; errors?: { field: string; code: string; detail: string }[] }[];
}

export interface ChangeSet {
  id: string;
  kind: string;
  by: { id: string; name: string } | string | null;
  at: string;
  status: "running" | "done" | "failed";
  counts: Record<string, number>;
  restored?: number;
  skipped?: { object: string; id: string; field?: string; why: string }[];
}

export interface AggregateItem {
  key: Record<string, Value>;
  values: Value[];
}

export interface StreamEvent {
  object: string;
  id: string;
  version: number;
  what: string;
}
