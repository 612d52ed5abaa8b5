import { useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { fetchPage, rowsQuery } from "~/api/records";
import { onChanges } from "~/api/stream";
import type { ListQuery, Page, RecordData, StreamEvent } from "~/api/types";
import { both } from "~/metadata/filter";

type Rows = InfiniteData<Page<RecordData>, string | null>;
/** A larger burst is an import: it is counted, not looked at one by one. */
const MOST_LOOKED_AT = 200;
const FLASH_MS = 1200;

/** Puts fresh values into loaded rows where they stand; the rest of the list does not move. */
export function mend(data: Rows | undefined, fresh: ReadonlyMap<string, Partial<RecordData>>): Rows | undefined {
  if (!data || fresh.size === 0) return data;
  return { ...data, pages: data.pages.map((page) => (page.items.some((row) => fresh.has(row.id)) ? { ...page, items: page.items.map((row) => ({ ...row, ...fresh.get(row.id) })) } : page)) };
}

const rowsOf = (data: Rows | undefined): RecordData[] => data?.pages.flatMap((page) => page.items) ?? [];

/** Which changes concern a list: rows it shows in an older version, and records it does not show. */
export function concerned(events: StreamEvent[], object: string, loaded: RecordData[]): { known: string[]; unknown: string[] } {
  const versions = new Map(loaded.map((row) => [row.id, row.version]));
  const ours = events.filter((event) => event.object === object && versions.get(event.id) !== event.version);
  return { known: ours.filter((event) => versions.has(event.id)).map((event) => event.id), unknown: ours.filter((event) => !versions.has(event.id) && event.what !== "archived").map((event) => event.id) };
}

export interface LiveRows {
  /** Records that would be added or go if the list were asked for again. */
  waiting: number;
  /** No longer fit the filter, but keep their place until then. */
  gone: ReadonlySet<string>;
  /** Changed by somebody else a moment ago. */
  fresh: ReadonlySet<string>;
  show: () => void;
  /** One row after the reader's own change. */
  patch: (id: string, values: Partial<RecordData>) => void;
}

export function useLiveRows(object: string, query: ListQuery, rows: RecordData[], enabled = true): LiveRows {
  const client = useQueryClient();
  const key = rowsQuery(object, query).queryKey;
  const [arrived, setArrived] = useState<ReadonlySet<string>>(new Set());
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const [many, setMany] = useState(false);

  const look = async (events: StreamEvent[]) => {
    const { known, unknown } = concerned(events, object, rowsOf(client.getQueryData<Rows>(key)));
    const ids = [...known, ...unknown];
    if (ids.length === 0) return;
    if (ids.length > MOST_LOOKED_AT) return setMany(true);
    const found = await fetchPage(object, { filter: both(query.filter, { field: "id", op: "in", value: ids }), fields: query.fields, include: query.include, archived: query.archived, limit: MOST_LOOKED_AT });
    const byId = new Map(found.items.map((item) => [item.id, item]));
    client.setQueryData<Rows>(key, (data) => mend(data, byId));
    setArrived((old) => new Set([...old, ...unknown.filter((id) => byId.has(id))]));
    setGone((old) => new Set([...[...old].filter((id) => !byId.has(id)), ...known.filter((id) => !byId.has(id))]));
    setFresh(new Set(known.filter((id) => byId.has(id))));
  };
  const hear = useEffectEvent((events: StreamEvent[]) => {
    if (enabled) void look(events).catch(() => setMany(true)); // not readable just now: offer to ask again
  });
  useEffect(() => onChanges(hear), []);
  useEffect(() => {
    if (fresh.size === 0) return;
    const timer = setTimeout(() => setFresh(new Set()), FLASH_MS);
    return () => clearTimeout(timer);
  }, [fresh]);

  const loaded = useMemo(() => new Set(rows.map((row) => row.id)), [rows]);
  const stillGone = useMemo(() => new Set([...gone].filter((id) => loaded.has(id))), [gone, loaded]);
  const waiting = [...arrived].filter((id) => !loaded.has(id)).length + stillGone.size;
  return {
    waiting: many ? Math.max(1, waiting) : waiting,
    gone: stillGone,
    fresh,
    show: () => {
      setArrived(new Set());
      setGone(new Set());
      setMany(false);
      void client.invalidateQueries({ queryKey: key });
    },
    patch: (id, values) => client.setQueryData<Rows>(key, (data) => mend(data, new Map([[id, values]]))),
  };
}
