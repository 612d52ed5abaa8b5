import { useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { RefreshCw } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { firstPageQuery, rowsQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { formatNumber } from "~/lib/format";
import { modelWord, screen } from "~/lib/i18n";
import { usePhone } from "~/lib/media";
import { fieldOf, singleTarget, typeOf, type ObjectDef } from "~/metadata/model";
import { useCan } from "~/metadata/registry";
import { ErrorState, useSlow } from "~/ui/States";
import type { Selection } from "./BulkBar";
import { groupingOf, groupRowsQuery, groupsQuery, inOrder, MOST_GROUPS, OPEN_AT_FIRST, ROWS_OF_GROUP, type GridItem, type Group } from "./groups";
import { useLiveRows } from "./liveRows";
import { NoRows } from "./NoRows";
import { columnsOf, columnsText, listQueryOf, type Column, type ViewState } from "./search";
import { Table } from "./Table";
import { Totals } from "./Totals";
import { setTrail } from "./trail";

const BulkBar = lazy(() => screen(import("./BulkBar")));
const Cards = lazy(() => screen(import("./Cards")).then((module) => ({ default: module.Cards })));
const Peek = lazy(() => screen(import("./Peek")));
const NOTHING: Selection = { ids: new Set(), all: null };
const LARGEST_PAGE = 500;

export interface ListViewProps {
  object: ObjectDef;
  state: ViewState;
  peek: string | undefined;
  onChange: (next: Partial<ViewState>) => void;
  onPeek: (id: string | undefined) => void;
  onCount?: (count: number | undefined, atLeast: boolean) => void;
}

export function ListView({ object, state, peek, onChange, onPeek, onCount }: ListViewProps) {
  const { t } = useTranslation();
  const phone = usePhone();
  const navigate = useNavigate();
  const can = useCan(object.name);
  const [drag, setDrag] = useState<Column[] | null>(null); // widths while a border is dragged, before they go to the address
  const columns = useMemo(() => drag ?? columnsOf(object, state.columns), [drag, object, state.columns]);
  const names = columns.map((column) => column.name).join(",");
  const query = useMemo(() => listQueryOf(object, state, columnsOf(object, names)), [object, state, names]);
  const groupField = state.group ? fieldOf(object, state.group.split(":")[0] ?? "") : undefined;
  const by = useMemo(() => groupingOf(state.group, groupField), [state.group, groupField]);
  const grouped = !phone && groupField !== undefined && by !== null;
  const list = useInfiniteQuery({ ...rowsQuery(object.name, query), enabled: !grouped });
  const groups = useGroups(object, state, query, columns, grouped);
  const rows = useMemo(() => (grouped ? groups.rows : (list.data?.pages.flatMap((page) => page.items) ?? [])), [grouped, groups.rows, list.data]);
  const flat = useMemo((): GridItem[] => rows.map((row) => ({ key: row.id, row })), [rows]);
  const items = grouped ? groups.items : flat;
  const live = useLiveRows(object.name, query, rows, !grouped);
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const first = list.data?.pages[0];
  const total = grouped ? groups.total : (first?.total ?? (list.data && !list.hasNextPage ? rows.length : undefined));
  const atLeast = !grouped && first?.total_at_least === true;
  const pending = grouped ? groups.pending : list.isPending;
  const slow = useSlow(pending);
  const error = grouped ? groups.error : list.error;
  useCountReport(total, atLeast, onCount);

  const shownIds = useMemo(() => (selection.all === null ? selection.ids : new Set(rows.map((row) => row.id))), [selection, rows]);
  const select = (from: string | null, to: string, on: boolean) => {
    const order = rows.map((row) => row.id);
    const [a, b] = [from === null ? order.indexOf(to) : order.indexOf(from), order.indexOf(to)].sort((x, y) => x - y);
    const next = new Set(shownIds);
    for (const id of order.slice(a, (b ?? 0) + 1)) {
      if (on) next.add(id);
      else next.delete(id);
    }
    setSelection({ ids: next, all: null });
  };
  const open = (record: RecordData) => {
    void navigate({ to: "/$object/$id", params: { object: object.name, id: record.id } });
  };
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  // Whatever leads to a record from here, a key, a link or the panel: its page knows this order.
  useEffect(() => {
    const more = async () => (await fetchNextPage()).data?.pages.flatMap((page) => page.items.map((row) => row.id)) ?? [];
    setTrail(object.name, { ids: rows.map((row) => row.id), total: total ?? rows.length, atLeast, more: !grouped && hasNextPage ? more : undefined });
  }, [object.name, rows, total, atLeast, grouped, hasNextPage, fetchNextPage]);
  const grow = groups.grow;
  const more = useCallback(
    (group?: Group) => {
      if (group) grow(group);
      else if (!grouped && hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    [grouped, grow, hasNextPage, isFetchingNextPage, fetchNextPage],
  );

  if (error && rows.length === 0) return <ErrorState error={asApiError(error)} title={t("state.error.list")} retry={() => void (grouped ? groups.refetch() : list.refetch())} clear={state.filter || state.sort ? { label: t("list.clearFilter"), onClick: () => onChange({ filter: undefined, sort: undefined, group: undefined }) } : undefined} />;
  if (!pending && rows.length === 0 && items.length === 0) return <NoRows object={object} filtered={state.filter !== undefined || state.archived !== undefined} clear={() => onChange({ filter: undefined, archived: undefined })} />;
  const at = peek ? rows.findIndex((row) => row.id === peek) : -1;
  const count = selection.all ?? selection.ids.size;
  return (
    <div className="list-body">
      <div className="list-main">
        {phone ? (
          <>
            <Suspense fallback={<div className="scroll" />}>
              <Cards object={object} rows={rows} columns={columns} onOpen={open} onMore={more} hasMore={hasNextPage} />
            </Suspense>
            <footer className="list-foot">
              <span className="tabular-nums">{total === undefined ? " " : atLeast ? t("list.countAtLeast", { shown: formatNumber(total) }) : `${formatNumber(total)} ${modelWord(total === 1 ? object.label : object.plural_label)}`}</span>
            </footer>
          </>
        ) : (
          <Table
            object={object}
            items={items}
            columns={columns}
            sort={query.sort}
            mayEdit={can.update}
            selected={shownIds}
            gone={live.gone}
            fresh={live.fresh}
            peek={peek}
            grouping={grouped && by ? { field: groupField, by } : null}
            folded={groups.folded}
            onFold={groups.fold}
            onSelect={select}
            onSelectAll={(on) => setSelection(on ? { ids: new Set(rows.map((row) => row.id)), all: null } : NOTHING)}
            onPeek={(record) => onPeek(record?.id)}
            onOpen={open}
            onSort={(sort) => onChange({ sort })}
            onGroup={(group) => onChange({ group })}
            onColumns={(next, done) => {
              setDrag(done ? null : next);
              if (done) onChange({ columns: columnsText(object, next) });
            }}
            onPatch={grouped ? groups.patch : live.patch}
            onMore={more}
            waiting={pending ? (slow ? 16 : 0) : !grouped && (isFetchingNextPage || hasNextPage) ? 4 : 0}
            notice={
              <Notice waiting={live.waiting} refused={error ? asApiError(error).detail || t("state.error.offline") : null} groupsCut={groups.cut} onShow={live.show} />
            }
            foot={(template, width, shown) => (
              <Totals object={object} state={state} columns={columns} shown={shown} template={template} width={width} total={total} atLeast={atLeast} onTotal={(name, one) => onChange({ columns: columnsText(object, columns.map((column) => (column.name === name ? { ...column, total: one } : column))) })} />
            )}
          />
        )}
        <Suspense>{count > 0 ? <BulkBar object={object} state={state} query={query} selection={selection} loaded={rows.length} more={grouped || hasNextPage || (total ?? 0) > count} total={atLeast ? undefined : total} onSelection={setSelection} /> : null}</Suspense>
      </div>
      <Suspense>
        {peek && !phone ? (
          <Peek object={object} id={peek} place={at < 0 ? null : { index: at, count: Math.max(total ?? 0, rows.length), atLeast }} onStep={(by) => rows[at + by] && onPeek(rows[at + by]?.id)} first={at <= 0} last={at < 0 || at >= rows.length - 1} onOpen={open} onClose={() => onPeek(undefined)} />
        ) : null}
      </Suspense>
    </div>
  );
}

/** Tells the tab above how many there are. */
function useCountReport(total: number | undefined, atLeast: boolean, onCount?: (count: number | undefined, atLeast: boolean) => void) {
  const [told, setTold] = useState<{ total?: number; atLeast?: boolean }>({});
  if (told.total !== total || told.atLeast !== atLeast) {
    setTold({ total, atLeast });
    queueMicrotask(() => onCount?.(total, atLeast));
  }
}

/** What others added waits here until it is wanted; nothing moves by itself. */
function Notice({ waiting, refused, groupsCut, onShow }: { waiting: number; refused: string | null; groupsCut: boolean; onShow: () => void }) {
  const { t } = useTranslation();
  if (!waiting && !refused && !groupsCut) return null;
  return (
    <div className="grid-notice" role="status">
      {waiting ? (
        <button type="button" className="grid-new" onClick={onShow}>
          <RefreshCw size={14} aria-hidden />
          {t("list.new", { count: waiting })}
        </button>
      ) : null}
      {refused ? <span className="text-danger">{t("list.stale", { why: refused })}</span> : null}
      {groupsCut ? <span className="text-text-2">{t("list.groupsCut", { count: MOST_GROUPS })}</span> : null}
    </div>
  );
}

interface Groups {
  items: GridItem[];
  rows: RecordData[];
  total: number | undefined;
  pending: boolean;
  error: Error | null;
  cut: boolean;
  folded: (group: Group) => boolean;
  fold: (group: Group) => void;
  grow: (group: Group) => void;
  patch: (id: string, values: Partial<RecordData>) => void;
  refetch: () => void;
}

/** The groups of a list, each with the rows of it that are unfolded. */
function useGroups(object: ObjectDef, state: ViewState, query: ReturnType<typeof listQueryOf>, columns: Column[], enabled: boolean): Groups {
  const field = state.group ? fieldOf(object, state.group.split(":")[0] ?? "") : undefined;
  const by = groupingOf(state.group, field);
  const sum = columns.map((column) => fieldOf(object, column.name)).find((one) => one !== undefined && typeOf(one) === "money" && !one.masked)?.name ?? null;
  const nobody = { field: object.title };
  const found = useQuery({ ...groupsQuery(object.name, query, field ?? { name: object.title, label: "", type: "text" }, by ?? nobody, sum), enabled: enabled && by !== null });
  const target = field ? singleTarget(field) : null;
  const positioned = useQuery({ ...firstPageQuery(target ?? "", { sort: "position", fields: ["id", "position"], limit: 200 }), enabled: enabled && target === "stage", staleTime: 300_000 });
  const [limits, setLimits] = useState<ReadonlyMap<string, number>>(new Map());
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [patched, setPatched] = useState<ReadonlyMap<string, Partial<RecordData>>>(new Map());
  const groups = useMemo(() => (found.data && field ? inOrder(found.data, field, new Map((positioned.data?.items ?? []).map((stage, index) => [stage.id, index]))) : []), [found.data, field, positioned.data]);
  const openAtFirst = groups.length <= OPEN_AT_FIRST;
  const folded = (group: Group) => toggled.has(group.id) === openAtFirst;
  const open = enabled ? groups.filter((group) => !folded(group)) : [];
  const pages = useQueries({ queries: open.map((group) => ({ ...groupRowsQuery(object.name, query, group, limits.get(group.id) ?? ROWS_OF_GROUP), placeholderData: (before: { items: RecordData[]; next_cursor: string | null } | undefined) => before })) });
  const byGroup = new Map(open.map((group, index) => [group.id, pages[index]?.data]));
  const items: GridItem[] = groups.flatMap((group): GridItem[] => {
    const head: GridItem = { key: `g:${group.id}`, group };
    if (folded(group)) return [head];
    const page = byGroup.get(group.id);
    const rows = (page?.items ?? []).map((row): GridItem => ({ key: row.id, row: { ...row, ...patchOf(row, patched) } }));
    const missing = page ? [] : Array.from({ length: Math.min(group.count, 5) }, (_, i): GridItem => ({ key: `w:${group.id}:${i}` }));
    const more: GridItem[] = page?.next_cursor && rows.length < LARGEST_PAGE ? [{ key: `m:${group.id}`, more: group }] : [];
    return [head, ...rows, ...missing, ...more];
  });
  return {
    items,
    rows: items.flatMap((item) => item.row ?? []),
    total: found.data?.reduce((count, group) => count + group.count, 0),
    pending: found.isPending,
    error: found.error,
    cut: (found.data?.length ?? 0) >= MOST_GROUPS,
    folded,
    fold: (group) => setToggled((old) => (old.has(group.id) ? new Set([...old].filter((id) => id !== group.id)) : new Set([...old, group.id]))),
    grow: useCallback((group: Group) => setLimits((old) => new Map(old).set(group.id, Math.min(LARGEST_PAGE, (old.get(group.id) ?? ROWS_OF_GROUP) * 2))), []),
    patch: (id, values) => setPatched((old) => new Map(old).set(id, values)),
    refetch: () => void found.refetch(),
  };
}

/** The reader's own change until the server's newer row is there. */
function patchOf(row: RecordData, patched: ReadonlyMap<string, Partial<RecordData>>): Partial<RecordData> {
  const own = patched.get(row.id);
  return own && Number(own.version ?? 0) >= row.version ? own : {};
}
