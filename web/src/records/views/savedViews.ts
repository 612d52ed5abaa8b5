import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { archiveRecord, createRecord, fetchPage, restoreRecord, updateRecord } from "~/api/records";
import { sessionQuery } from "~/api/session";
import type { RecordData, Session } from "~/api/types";
import type { Condition } from "~/metadata/condition";
import { isCondition, type ListSearch, type ViewKind, type ViewState } from "~/records/list/search";

export type Shared = "private" | "team" | "everybody";

export interface SavedView {
  id: string;
  version: number;
  name: string;
  object: string;
  state: ViewState;
  shared: Shared;
  owner: string | null;
  team: string | null;
  /** Opens when nothing else was chosen. */
  standard: boolean;
  position: number;
}

const FIELDS = ["id", "version", "name", "object", "kind", "filter", "sort", "columns", "group_by", "archived", "shared", "owner", "team", "standard", "position"];
const MOST = 500;

export const teamIds = (session: Session | null | undefined): string[] => (session?.user.teams ?? []).map((team) => (typeof team === "string" ? team : team.id));

/** The tabs of a person: their own views, those of their teams and those for everybody. An administrator may read more, but does not want it as a tab. */
function tabsOf(me: string, teams: string[]): Condition {
  const of = (shared: Shared): Condition => ({ field: "shared", op: "eq", value: shared });
  const ours: Condition[] = teams.length ? [{ and: [of("team"), { field: "team", op: "in", value: teams }] }] : [];
  return { or: [{ field: "owner", op: "eq", value: me }, of("everybody"), ...ours] };
}

/** All of them in one call, beside the definitions: a list must not wait for its tabs. */
export const viewsQuery = (me: string, teams: string[]) =>
  queryOptions({
    queryKey: ["list", "view", "tabs", me, teams],
    queryFn: async ({ signal }) => (await fetchPage("view", { filter: tabsOf(me, teams), sort: "position,created_at", limit: MOST, fields: FIELDS }, null, signal)).items.map(viewOf),
    staleTime: 5 * 60_000,
  });

const text = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);

export function viewOf(record: RecordData): SavedView {
  const archived = record.archived === "include" || record.archived === "only" ? record.archived : undefined;
  return {
    id: record.id,
    version: record.version,
    name: text(record.name) ?? "",
    object: text(record.object) ?? "",
    state: { kind: (text(record.kind) ?? "table") as ViewKind, filter: filterOf(record.filter), sort: text(record.sort), columns: text(record.columns), group: text(record.group_by), archived },
    shared: record.shared === "team" || record.shared === "everybody" ? record.shared : "private",
    owner: text(record.owner) ?? null,
    team: text(record.team) ?? null,
    standard: record.standard === true,
    position: Number(record.position ?? 0),
  };
}

function filterOf(value: unknown): Condition | undefined {
  if (typeof value !== "string" || !value) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isCondition(parsed) ? parsed : undefined;
  } catch {
    return undefined; // the server checks it at the write; an older one may not have
  }
}

export function recordOf(state: ViewState): Record<string, unknown> {
  return { kind: state.kind, filter: state.filter ? JSON.stringify(state.filter) : null, sort: state.sort ?? null, columns: state.columns ?? null, group_by: state.group ?? null, archived: state.archived ?? null };
}

/** The view an address means: the one it names, else the reader's own first one, else everybody's. */
export function chosenView(views: SavedView[], search: ListSearch): SavedView | undefined {
  if (search.saved) return views.find((view) => view.id === search.saved);
  return views.find((view) => view.standard && view.shared === "private") ?? views.find((view) => view.standard);
}

export interface Views {
  views: SavedView[];
  pending: boolean;
  create: (values: Record<string, unknown>) => Promise<SavedView>;
  update: (view: SavedView, values: Record<string, unknown>) => Promise<SavedView>;
  archive: (view: SavedView) => Promise<void>;
  restore: (view: SavedView) => Promise<void>;
}

export function useViews(object: string): Views {
  const client = useQueryClient();
  const session = useQuery(sessionQuery).data;
  const query = viewsQuery(session?.user.id ?? "", teamIds(session));
  const all = useQuery({ ...query, enabled: Boolean(session), retry: false });
  const put = (change: (views: SavedView[]) => SavedView[]) => client.setQueryData(query.queryKey, (old) => change(old ?? []));
  const settle = () => void client.invalidateQueries({ queryKey: query.queryKey });
  return {
    views: (all.data ?? []).filter((view) => view.object === object),
    // Without tabs the list still works: a failure here is no reason to show nothing.
    pending: all.isPending && !all.isError,
    create: async (values) => {
      const view = viewOf(await createRecord("view", { object, ...values }));
      put((views) => [...views, view]);
      settle();
      return view;
    },
    update: async (view, values) => {
      const fresh = viewOf(await updateRecord("view", view.id, view.version, values));
      put((views) => views.map((one) => (one.id === fresh.id ? fresh : one)));
      settle();
      return fresh;
    },
    archive: async (view) => {
      await archiveRecord("view", view.id);
      put((views) => views.filter((one) => one.id !== view.id));
      settle();
    },
    restore: async (view) => {
      await restoreRecord("view", view.id);
      await client.invalidateQueries({ queryKey: query.queryKey });
    },
  };
}
