import { queryOptions } from "@tanstack/react-query";
import { call, get } from "~/api/client";

export type Reach = "none" | "own" | "team" | "below" | "all";
export const REACHES: Reach[] = ["none", "own", "team", "below", "all"];
export type Right = "read" | "create" | "update" | "delete";
export const RIGHTS: Right[] = ["read", "create", "update", "delete"];

export interface RoleRights {
  create: boolean;
  read: Reach;
  update: Reach;
  delete: Reach;
  fields: Record<string, string>;
}
export interface Role {
  name: string;
  label: string;
  description: string;
  external: boolean;
  capabilities: string[];
  mask_from: string | null;
  min_group: number | null;
  people: number;
  record: string | null;
  objects: Record<string, RoleRights>;
}

export const rolesQuery = queryOptions({ queryKey: ["roles"], queryFn: ({ signal }) => get<{ items: Role[]; capabilities: string[] }>("/roles", undefined, signal) });

/** One value of the matrix: a right of a role on an object, or an action (then `right` is null and `row` names it). */
export interface Spot {
  role: string;
  row: string;
  right: Right | null;
}
export type SpotValue = Reach | boolean;
/** What was changed and is not saved, by spot. */
export type Draft = Map<string, { spot: Spot; value: SpotValue }>;

export const keyOf = ({ role, row, right }: Spot): string => `${role}/${right ?? "action"}/${row}`;

export function valueOf(role: Role, { row, right }: Spot): SpotValue {
  if (right === null) return role.capabilities.includes(row);
  return role.objects[row]?.[right] ?? (right === "create" ? false : "none");
}

/** The draft with a value; one that is as it was before is no change. */
export function withValue(draft: Draft, role: Role, spot: Spot, value: SpotValue): Draft {
  const next = new Map(draft);
  if (valueOf(role, spot) === value) next.delete(keyOf(spot));
  else next.set(keyOf(spot), { spot, value });
  return next;
}

interface RoleInput {
  objects?: Record<string, Partial<Record<Right, SpotValue>>>;
  capabilities?: Record<string, boolean>;
}

/** What the server must be told, one body for each role. */
export function bodiesOf(changes: { spot: Spot; value: SpotValue }[]): Map<string, RoleInput> {
  const bodies = new Map<string, RoleInput>();
  for (const { spot, value } of changes) {
    const body = bodies.get(spot.role) ?? {};
    if (spot.right === null) (body.capabilities ??= {})[spot.row] = value === true;
    else ((body.objects ??= {})[spot.row] ??= {})[spot.right] = value;
    bodies.set(spot.role, body);
  }
  return bodies;
}

export const changeRole = (role: string, body: RoleInput) => call<Role>("PATCH", `/roles/${encodeURIComponent(role)}`, { body });
