import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { archiveRecord, bulk, createRecord, fetchPage } from "~/api/records";
import { onChanges } from "~/api/stream";
import type { RecordData } from "~/api/types";
import type { Target } from "~/fields/reference";
import type { ObjectDef } from "~/metadata/model";
import { objectsQuery, titleOf, useCan } from "~/metadata/registry";
import { showToast } from "~/ui/Toasts";

/** A favourite as it is kept: also one whose target cannot be shown. */
export interface Mark {
  id: string;
  position: number;
  target: Target | null;
}
/** A favourite whose target is there for the reader. */
export interface Place extends Mark {
  target: Target;
  title: string;
  /** The object whose list a saved view opens. */
  list?: string;
}

const MOST = 200;
/** What a record may be called by, and the list that a view opens. */
const NAMES = ["name", "full_name", "subject", "number", "email", "object"];
const KEY = ["list", "favourite", "places"];

export const same = (a: Target | null, b: Target): boolean => a?.object === b.object && a.id === b.id;

export function markOf(record: RecordData): Mark {
  const target = record.target as Partial<Target> | null | undefined;
  return { id: record.id, position: Number(record.position ?? 0), target: target?.object && target.id ? { object: target.object, id: target.id } : null };
}

/** What was archived or is out of reach is left out, and what two screens marked twice is there once. */
export function placesOf(marks: Mark[], found: Map<string, RecordData>, objects: ObjectDef[]): Place[] {
  const places: Place[] = [];
  for (const mark of marks) {
    const target = mark.target;
    const record = target ? found.get(`${target.object}/${target.id}`) : undefined;
    const object = objects.find((one) => one.name === target?.object);
    if (!target || !record || !object || object.archived || places.some((place) => same(place.target, target))) continue;
    const list = target.object === "view" ? String(record.object ?? "") : undefined;
    if (list !== undefined && !objects.some((one) => one.name === list)) continue;
    places.push({ ...mark, target, title: titleOf(object, record), list });
  }
  return places;
}

/** The order after one of them was put in another's place. */
export function put(places: Place[], id: string, to: number): Place[] {
  const from = places.findIndex((place) => place.id === id);
  const place = places[from];
  if (!place || to < 0 || to >= places.length || from === to) return places;
  const next = places.filter((one) => one.id !== id);
  next.splice(to, 0, place);
  return next;
}

/** Whose positions must change so that they stand in this order; the others keep theirs. */
export function positions(places: Place[]): { id: string; position: number }[] {
  return places.map((place, index) => ({ id: place.id, position: index + 1, had: place.position })).filter((one) => one.position !== one.had).map(({ id, position }) => ({ id, position }));
}

async function load(objects: ObjectDef[], signal: AbortSignal): Promise<{ marks: Mark[]; places: Place[] }> {
  const marks = (await fetchPage("favourite", { sort: "position,created_at", limit: MOST, fields: ["id", "position", "target"] }, null, signal)).items.map(markOf);
  const asked = new Map<string, string[]>();
  for (const { target } of marks) if (target) asked.set(target.object, [...(asked.get(target.object) ?? []), target.id]);
  const found = new Map<string, RecordData>();
  const ask = async ([name, ids]: [string, string[]]) => {
    const object = objects.find((one) => one.name === name);
    if (!object) return;
    const called = [...new Set([object.title, ...NAMES])].filter((field) => object.fields.some((one) => one.name === field));
    const page = await fetchPage(name, { filter: { field: "id", op: "in", value: ids }, fields: ["id", ...called], limit: MOST }, null, signal);
    for (const record of page.items) found.set(`${name}/${record.id}`, record);
  };
  await Promise.all([...asked].map((one) => ask(one).catch(() => undefined))); // one kind that cannot be read takes nothing from the others
  return { marks, places: placesOf(marks, found, objects) };
}

const placesQuery = (objects: ObjectDef[] | undefined) => queryOptions({ queryKey: KEY, queryFn: ({ signal }) => load(objects ?? [], signal), enabled: objects !== undefined, staleTime: 60_000 });

export interface Favourites {
  places: Place[];
  mayMark: boolean;
  has: (target: Target) => boolean;
  add: (target: Target) => Promise<void>;
  remove: (target: Target, title: string) => Promise<void>;
  move: (place: Place, to: number) => Promise<void>;
}

export function useFavourites(): Favourites {
  const { t } = useTranslation();
  const client = useQueryClient();
  const can = useCan("favourite");
  const objects = useQuery(objectsQuery).data;
  const query = placesQuery(can.create ? objects : undefined);
  const { marks, places } = useQuery(query).data ?? { marks: [], places: [] };
  // Names change, and what is archived goes: the marks themselves say nothing of that.
  useEffect(
    () =>
      onChanges((events) => {
        const known = client.getQueryData(query.queryKey)?.marks ?? [];
        if (events.some((event) => known.some(({ target }) => same(target, { object: event.object, id: event.id })))) void client.invalidateQueries({ queryKey: KEY });
      }),
    [client, query.queryKey],
  );
  const refresh = () => client.invalidateQueries({ queryKey: KEY });
  const failed = (error: unknown) => {
    const problem = asApiError(error);
    showToast({ text: problem.errors[0]?.detail || problem.detail || t(problem.isOffline ? "state.error.offline" : "state.error.server"), failed: true });
  };
  const mark = async (target: Target, position?: number) => {
    try {
      await createRecord("favourite", { target, position });
    } catch (error) {
      // Marked on another screen meanwhile: that is what was wanted.
      if (!asApiError(error).errors.some((one) => one.code === "value_taken")) failed(error);
    }
    await refresh();
  };
  const order = async (wanted: { id: string; position: number }[]) => {
    const answer = await bulk("favourite", "update", wanted);
    await refresh();
    const refused = answer.items.find((item) => item.status >= 400 && item.status !== 404);
    if (refused) throw new Error(refused.errors?.[0]?.detail);
  };
  return {
    places,
    mayMark: can.create,
    has: (target) => marks.some((one) => same(one.target, target)),
    add: (target) => mark(target),
    remove: async (target, title) => {
      const mine = marks.filter((one) => same(one.target, target));
      try {
        for (const one of mine) await archiveRecord("favourite", one.id);
        showToast({ text: t("favourite.removed", { what: title }), undo: () => mark(target, mine[0]?.position) });
      } catch (error) {
        failed(error);
      }
      await refresh();
    },
    move: async (place, to) => {
      const next = put(places, place.id, to);
      const wanted = positions(next);
      if (next === places || wanted.length === 0) return;
      const before = wanted.map(({ id }) => ({ id, position: places.find((one) => one.id === id)?.position ?? 0 }));
      await client.cancelQueries({ queryKey: KEY });
      client.setQueryData(query.queryKey, { marks, places: next.map((one, index) => ({ ...one, position: index + 1 })) });
      try {
        await order(wanted);
        showToast({ text: t("favourite.moved", { what: place.title, at: to + 1, of: next.length }), undo: () => order(before).catch(failed) });
      } catch (error) {
        failed(error);
        await refresh();
      }
    },
  };
}
