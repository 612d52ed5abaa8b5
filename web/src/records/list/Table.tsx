import { Plus } from "lucide-react";
import { lazy, Suspense, useEffect, useId, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "~/api/types";
import { cx } from "~/lib/cx";
import { modelLabel, screen } from "~/lib/i18n";
import { useMedia } from "~/lib/media";
import { usePreferences } from "~/lib/preferences";
import { useRowWindow } from "~/lib/rowWindow";
import { fieldOf, isWritable, type FieldDef, type ObjectDef } from "~/metadata/model";
import { Checkbox } from "~/ui/Checkbox";
import { PopoverButton } from "~/ui/PopoverButton";
import { GroupRow } from "./GroupRow";
import { type GridItem, type Group, type Grouping } from "./groups";
import { HeaderCell } from "./HeaderCell";
import { Row, WaitingRow, type ShownColumn } from "./Row";
import type { Column } from "./search";

const CellEditor = lazy(() => screen(import("./CellEditor")));
const ColumnAdder = lazy(() => screen(import("./ColumnAdder")));
const CHECK_WIDTH = 44;
const TAIL_WIDTH = 40;
const AHEAD = 40;
const HEAD = 32;
const FOOT = 44;
const FOOT_WITH_BULK_BAR = 100;
const DOUBLE_CLICK_MS = 600;

export interface TableProps {
  object: ObjectDef;
  items: GridItem[];
  columns: Column[];
  sort: string | undefined;
  mayEdit: boolean;
  selected: ReadonlySet<string>;
  gone: ReadonlySet<string>;
  fresh: ReadonlySet<string>;
  peek: string | undefined;
  grouping: { field: FieldDef; by: Grouping } | null;
  folded: (group: Group) => boolean;
  onFold: (group: Group) => void;
  onSelect: (from: string | null, to: string, on: boolean) => void;
  onSelectAll: (on: boolean) => void;
  /** Beside the list, or on its own page. */
  onPeek: (record: RecordData | null) => void;
  onOpen: (record: RecordData) => void;
  onSort: (sort: string | undefined) => void;
  onGroup: (group: string | undefined) => void;
  onColumns: (columns: Column[], done: boolean) => void;
  onPatch: (id: string, values: Partial<RecordData>) => void;
  onMore: (group?: Group) => void;
  /** Rows that are on their way, drawn as placeholders of the same height. */
  waiting: number;
  foot: (template: string, width: number, shown: ShownColumn[]) => ReactNode;
  notice: ReactNode;
}

/** A grid of rows that exist only while they are on screen; the server gives them in pages. */
export function Table(props: TableProps) {
  const { object, items, columns, selected, onMore, waiting } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const { density, singleKeys } = usePreferences();
  const coarse = useMedia("(pointer: coarse)");
  const height = coarse ? 48 : density === "compact" ? 32 : 40;
  // The cursor is a key, not a place: rows that others add do not move it.
  const [at, setAt] = useState<{ key: string; column: number } | null>(null);
  const [editing, setEditing] = useState<{ key: string; column: number } | null>(null);
  const anchor = useRef<string | null>(null);
  const id = useId();
  const places = useMemo(() => new Map(items.map((item, index) => [item.key, index])), [items]);
  // The panel can be stepped through from inside; the cursor follows.
  const [followed, setFollowed] = useState<string | undefined>(undefined);
  if (props.peek !== followed && (!props.peek || places.has(props.peek))) {
    setFollowed(props.peek);
    if (props.peek && at?.key !== props.peek) setAt({ key: props.peek, column: -1 });
  }
  const current = at ? (places.get(at.key) ?? -1) : -1;
  const view = useRowWindow(scroller, items.length + waiting, height, { head: HEAD, foot: selected.size ? FOOT_WITH_BULK_BAR : FOOT });
  const drawn = Array.from({ length: Math.max(0, view.last - view.first + 1) }, (_, index) => view.first + index);
  const last = Math.max(0, view.last);
  useEffect(() => {
    if (items.length > 0 && last >= items.length - AHEAD) onMore();
  }, [last, items.length, onMore]);

  const template = useMemo(() => `${CHECK_WIDTH}px ${columns.map((column) => `${column.width}px`).join(" ")} minmax(${TAIL_WIDTH}px, 1fr)`, [columns]);
  const width = CHECK_WIDTH + TAIL_WIDTH + columns.reduce((sum, column) => sum + column.width, 0);
  const shown = useMemo(() => shownColumns(object, columns), [object, columns]);
  const rowsOnly = items.filter((item) => item.row);

  const go = (index: number, column = at?.column ?? -1) => {
    const item = items[Math.max(0, Math.min(items.length - 1, index))];
    if (!item) return;
    setAt({ key: item.key, column });
    view.scrollTo(places.get(item.key) ?? 0);
    if (props.peek && item.row) props.onPeek(item.row);
  };
  const edit = (index: number, column: number) => {
    const item = items[index];
    const field = shown[column]?.field;
    if (!item?.row || !field || !props.mayEdit || !isWritable(field)) return false;
    setAt({ key: item.key, column });
    setEditing({ key: item.key, column });
    return true;
  };
  const endEdit = (move: "stay" | "next" | "before" | "down") => {
    const from = editing;
    setEditing(null);
    scroller.current?.focus({ preventScroll: true });
    if (!from || move === "stay") return;
    const index = places.get(from.key) ?? -1;
    if (move === "down") return go(index + 1);
    const step = move === "next" ? 1 : -1;
    for (let column = from.column + step; column >= 0 && column < shown.length; column += step) if (edit(index, column)) return;
  };
  const select = (index: number, on: boolean, range: boolean) => {
    const key = items[index]?.key;
    if (!key) return;
    props.onSelect(range ? anchor.current : null, key, on);
    anchor.current = key;
  };
  // The handlers of a row never change, so that a row is drawn again only when its own data do.
  const latest = useRef({ select, edit, items, peek: props.peek, onPeek: props.onPeek });
  useEffect(() => {
    latest.current = { select, edit, items, peek: props.peek, onPeek: props.onPeek };
  });
  // The first click of a double click opens the panel; an edit that follows wants it as it was.
  const beforeClick = useRef<{ at: number; closed: boolean }>({ at: 0, closed: false });
  const handlers = useMemo(
    () => ({
      onSelect: (index: number, on: boolean, range: boolean) => latest.current.select(index, on, range),
      onEdit: (index: number, column: number) => {
        if (latest.current.edit(index, column) && beforeClick.current.closed) latest.current.onPeek(null);
      },
      onOpen: (index: number) => {
        const item = latest.current.items[index];
        if (!item?.row) return;
        setAt({ key: item.key, column: -1 });
        const now = performance.now();
        if (now - beforeClick.current.at > DOUBLE_CLICK_MS) beforeClick.current = { at: now, closed: !latest.current.peek };
        latest.current.onPeek(item.row);
      },
    }),
    [],
  );

  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (target !== scroller.current && (target.closest(".cell-editor") || (target instanceof HTMLInputElement && target.type !== "checkbox"))) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a" && rowsOnly.length) {
      event.preventDefault();
      return props.onSelectAll(true);
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / height) - 2);
    const item = items[current];
    const row = item?.row;
    const way = getComputedStyle(event.currentTarget).direction === "rtl" ? -1 : 1;
    const step = (by: number) => setAt(at && { ...at, column: Math.max(-1, Math.min(shown.length - 1, at.column + by * way)) });
    const group = item?.group;
    const toggle = () => row && select(current, !selected.has(row.id), event.shiftKey);
    const down = () => {
      if (event.shiftKey && row) select(current, true, false);
      go(current + 1);
      const next = items[current + 1]?.row;
      if (event.shiftKey && next) props.onSelect(row?.id ?? null, next.id, true);
    };
    const keys: Record<string, () => void> = {
      ArrowDown: down, ArrowUp: () => go(current - 1), PageDown: () => go(current + page), PageUp: () => go(current - page), Home: () => go(0), End: () => go(items.length - 1),
      ArrowRight: () => (group && props.folded(group) ? props.onFold(group) : step(1)), ArrowLeft: () => (group && !props.folded(group) ? props.onFold(group) : step(-1)),
      Enter: () => (group ? props.onFold(group) : row && (at && at.column >= 0 && edit(current, at.column) ? undefined : props.onOpen(row))),
      F2: () => at && edit(current, Math.max(0, at.column)),
      " ": () => (event.shiftKey ? toggle() : row && props.onPeek(props.peek === row.id ? null : row)),
      Escape: () => (props.peek ? props.onPeek(null) : selected.size > 0 ? props.onSelectAll(false) : at && at.column >= 0 ? setAt({ ...at, column: -1 }) : setAt(null)),
    };
    const letters: Record<string, () => void> = { j: () => go(current + 1), k: () => go(current - 1), x: () => void toggle() };
    const action = keys[event.key] ?? (singleKeys ? letters[event.key] : undefined);
    if (!action) return;
    if (target !== scroller.current && (event.key === "Enter" || event.key === " ")) return; // a focused link or checkbox does its own
    if (target !== scroller.current && target.closest("[role=columnheader],.grid-foot") && event.key !== "Escape") return;
    event.preventDefault();
    action();
  };

  // j and k work as soon as the page is there, without a click into the table first.
  useEffect(() => {
    if (document.activeElement === document.body) scroller.current?.focus({ preventScroll: true });
  }, []);
  // When the panel beside closes, the focus is back on its row.
  const hadPeek = useRef(props.peek);
  useEffect(() => {
    if (hadPeek.current && !props.peek && !scroller.current?.contains(document.activeElement)) scroller.current?.focus({ preventScroll: true });
    hadPeek.current = props.peek;
  }, [props.peek]);
  const active = current < 0 ? undefined : at && at.column >= 0 ? `${id}-${current}-${at.column}` : `${id}-${current}`;
  return (
    <div
      ref={scroller}
      className={cx("grid-scroll", props.grouping && "grouped")}
      role={props.grouping ? "treegrid" : "grid"}
      aria-label={modelLabel(object.plural_label)}
      aria-rowcount={items.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-activedescendant={active}
      aria-busy={waiting > 4}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className="grid-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template, minWidth: width }}>
        <div role="columnheader" className="grid-check">
          <Checkbox label={t("list.selectAll")} hideLabel checked={rowsOnly.length > 0 && rowsOnly.every((item) => selected.has(item.key))} some={selected.size > 0} onChange={(on) => props.onSelectAll(on)} />
        </div>
        {shown.map(({ field, style, sticky }, index) => (
          <HeaderCell key={field.name} field={field} index={index} columns={columns} sort={props.sort} style={style ?? {}} sticky={sticky} onSort={props.onSort} onGroup={props.onGroup} onColumns={props.onColumns} />
        ))}
        <div role="columnheader" className="grid-cell grid-th grid-tail">
          <PopoverButton label={t("list.addColumn")} buttonClass="btn gho sm ic" button={<Plus size={16} aria-label={t("list.addColumn")} />} placement="bottom end">
            {(close) => (
              <Suspense>
                <ColumnAdder object={object} columns={columns} onAdd={(column) => (props.onColumns([...columns, column], true), close())} />
              </Suspense>
            )}
          </PopoverButton>
        </div>
      </div>
      {props.notice}
      <div role="rowgroup" style={{ height: view.total, minWidth: width, position: "relative", flex: "none" }}>
        {drawn.map((index) => {
          const one = items[index];
          const place = { top: index * height, height };
          if (one?.group && props.grouping)
            return <GroupRow key={one.key} id={`${id}-${index}`} index={index} field={props.grouping.field} grouping={props.grouping.by} group={one.group} folded={props.folded(one.group)} current={index === current} span={columns.length + 2} onFold={() => one.group && props.onFold(one.group)} {...place} />;
          if (one?.more) return <MoreRow key={one.key} index={index} group={one.more} onMore={onMore} {...place} />;
          if (!one?.row) return <WaitingRow key={`waiting-${index}`} template={template} count={columns.length} {...place} />;
          const row = one.row;
          const edits = editing?.key === one.key ? editing.column : -1;
          const field = shown[edits]?.field;
          return (
            <Row
              key={one.key}
              object={object}
              row={row}
              index={index}
              id={`${id}-${index}`}
              template={template}
              columns={shown}
              current={index === current}
              cursor={index === current ? (at?.column ?? -1) : -1}
              selected={selected.has(row.id)}
              open={props.peek === row.id}
              gone={props.gone.has(row.id)}
              fresh={props.fresh.has(row.id)}
              editor={
                field
                  ? {
                      column: edits,
                      element: (
                        <Suspense fallback={null}>
                          <CellEditor object={object} field={field} row={row} onPatch={props.onPatch} onEnd={endEdit} />
                        </Suspense>
                      ),
                    }
                  : null
              }
              {...place}
              {...handlers}
            />
          );
        })}
      </div>
      {props.foot(template, width, shown)}
    </div>
  );
}

/** The first column and the frozen ones stay at the edge, one beside the other. */
function shownColumns(object: ObjectDef, columns: Column[]): ShownColumn[] {
  let left = CHECK_WIDTH;
  return columns.flatMap((column, index): ShownColumn[] => {
    const field = fieldOf(object, column.name);
    if (!field) return [];
    const sticky = index === 0 || Boolean(column.frozen);
    const style: CSSProperties | undefined = sticky ? { insetInlineStart: left } : undefined;
    if (sticky) left += column.width;
    return [{ field, style, sticky }];
  });
}

function MoreRow({ index, group, top, height, onMore }: { index: number; group: Group; top: number; height: number; onMore: (group: Group) => void }) {
  const { t } = useTranslation();
  return (
    <div role="row" aria-rowindex={index + 2} className="grid-row grid-more" style={{ height, transform: `translateY(${top}px)` }}>
      <div role="gridcell" className="grid-group-cell">
        <button type="button" className="btn gho sm" onClick={() => onMore(group)}>
          {t("list.moreOfGroup")}
        </button>
      </div>
    </div>
  );
}
