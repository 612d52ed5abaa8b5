import { useVirtualizer } from "@tanstack/react-virtual";
import { Link } from "@tanstack/react-router";
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { FieldValue, kitOf } from "~/fields";
import { cx } from "~/lib/cx";
import { modelLabel } from "~/lib/i18n";
import { useMedia } from "~/lib/media";
import { usePreferences } from "~/lib/preferences";
import type { RecordData } from "~/api/types";
import { fieldOf, type ObjectDef } from "~/metadata/model";
import { titleOf } from "~/metadata/registry";
import { Checkbox } from "~/ui/Checkbox";
import { HeaderCell } from "./HeaderCell";
import { sortKeys, type Column } from "./search";

const CHECK_WIDTH = 44;
const AHEAD = 40;

interface TableProps {
  object: ObjectDef;
  rows: RecordData[];
  columns: Column[];
  sort: string | undefined;
  selected: ReadonlySet<string>;
  onSelect: (index: number, on: boolean, range: boolean) => void;
  onSelectAll: (on: boolean) => void;
  onOpen: (record: RecordData) => void;
  onSort: (sort: string | undefined) => void;
  onResize: (columns: Column[], done: boolean) => void;
  onMore: () => void;
  /** Rows that are on their way, drawn as placeholders of the same height. */
  waiting: number;
}

/** A grid of rows that exist only while they are on screen; the server gives them in pages. */
export function Table(props: TableProps) {
  const { object, rows, columns, selected, onMore, waiting } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const { density } = usePreferences();
  const coarse = useMedia("(pointer: coarse)");
  const height = coarse ? 48 : density === "compact" ? 32 : 40;
  const [current, setCurrent] = useState(-1);
  const id = useId();
  const virtual = useVirtualizer({ count: rows.length + waiting, getScrollElement: () => scroller.current, estimateSize: () => height, overscan: 12, scrollPaddingStart: 32, scrollPaddingEnd: 60 });
  useEffect(() => virtual.measure(), [height, virtual]);
  const items = virtual.getVirtualItems();
  const last = items[items.length - 1]?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - AHEAD) onMore();
  }, [last, rows.length, onMore]);
  const template = useMemo(() => `${CHECK_WIDTH}px ${columns.map((column, i) => (i === columns.length - 1 ? `minmax(${column.width}px, 1fr)` : `${column.width}px`)).join(" ")}`, [columns]);
  const width = CHECK_WIDTH + columns.reduce((sum, column) => sum + column.width, 0);
  const sorted = sortKeys(props.sort)[0];

  const go = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setCurrent(next);
    virtual.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement && event.target.type !== "checkbox") return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / height) - 2);
    const row = rows[current];
    const keys: Record<string, () => void> = {
      ArrowDown: () => go(current + 1), j: () => go(current + 1), ArrowUp: () => go(current - 1), k: () => go(current - 1),
      PageDown: () => go(current + page), PageUp: () => go(current - page), Home: () => go(0), End: () => go(rows.length - 1),
      Enter: () => row && props.onOpen(row), x: () => row && props.onSelect(current, !selected.has(row.id), event.shiftKey), " ": () => row && props.onSelect(current, !selected.has(row.id), event.shiftKey),
      Escape: () => (selected.size > 0 ? props.onSelectAll(false) : setCurrent(-1)),
    };
    const action = keys[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== scroller.current && (event.key === "Enter" || event.key === " ")) return; // a focused link or checkbox does its own
    event.preventDefault();
    action();
  };

  // j and k work as soon as the page is there, without a click into the table first.
  useEffect(() => {
    if (document.activeElement === document.body) scroller.current?.focus({ preventScroll: true });
  }, []);

  return (
    <div
      ref={scroller}
      className="grid-scroll"
      role="grid"
      aria-label={modelLabel(object.plural_label)}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-activedescendant={current >= 0 ? `${id}-${current}` : undefined}
      aria-busy={waiting > 4}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className="grid-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template, minWidth: width }}>
        <div role="columnheader" className="grid-check">
          <Checkbox label={t("list.selectAll")} hideLabel checked={rows.length > 0 && rows.every((row) => selected.has(row.id))} some={selected.size > 0} onChange={(on) => props.onSelectAll(on)} />
        </div>
        {columns.map((column, index) => {
          const field = fieldOf(object, column.name);
          return field ? (
            <HeaderCell
              key={column.name}
              field={field}
              index={index + 2}
              sorted={sorted?.field === column.name ? (sorted.down ? "descending" : "ascending") : undefined}
              sort={props.sort}
              onSort={props.onSort}
              width={column.width}
              onWidth={(next, done) => props.onResize(columns.map((c) => (c.name === column.name ? { ...c, width: next } : c)), done)}
            />
          ) : null;
        })}
      </div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), minWidth: width, position: "relative" }}>
        {items.map((item) => {
          const row = rows[item.index];
          const style = { gridTemplateColumns: template, height: item.size, transform: `translateY(${item.start}px)` };
          if (!row) return <WaitingRow key={item.key} style={style} count={columns.length} />;
          return <Row key={row.id} {...props} row={row} index={item.index} id={`${id}-${item.index}`} style={style} current={item.index === current} />;
        })}
      </div>
    </div>
  );
}

function Row({ object, row, index, id, columns, style, current, selected, onSelect, onOpen }: TableProps & { row: RecordData; index: number; id: string; style: React.CSSProperties; current: boolean }) {
  const { t } = useTranslation();
  const chosen = selected.has(row.id);
  const title = titleOf(object, row) || t("record.untitled");
  return (
    // The keyboard works on the grid (aria-activedescendant); a click anywhere on the row opens it.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={cx("grid-row", chosen && "sel", current && "cur", row.archived_at ? "arch" : null)}
      style={style}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest("a,button,label,input")) return;
        if (event.shiftKey || event.ctrlKey || event.metaKey) onSelect(index, !chosen, event.shiftKey);
        else onOpen(row);
      }}
    >
      <div role="gridcell" className="grid-check">
        <Checkbox label={t("list.select", { what: title })} hideLabel checked={chosen} onChange={(on, range) => onSelect(index, on, range)} />
      </div>
      {columns.map((column, position) => {
        const field = fieldOf(object, column.name);
        if (!field) return null;
        return (
          <div key={column.name} role="gridcell" aria-colindex={position + 2} className={cx("grid-cell", kitOf(field).end && "num")}>
            {column.name === object.title ? (
              <Link to="/$object/$id" params={{ object: object.name, id: row.id }} className="block truncate font-medium hover:underline" tabIndex={-1} dir="auto" title={title}>
                {title}
              </Link>
            ) : (
              <FieldValue field={field} value={row[column.name]} record={row} compact />
            )}
          </div>
        );
      })}
    </div>
  );
}

function WaitingRow({ style, count }: { style: React.CSSProperties; count: number }) {
  return (
    <div className="grid-row" role="presentation" style={style} aria-hidden>
      <div className="grid-check" />
      {Array.from({ length: count }, (_, i) => (
        <div key={i} className="grid-cell">
          <span className="skel" style={{ width: i === 0 ? "70%" : "50%" }} />
        </div>
      ))}
    </div>
  );
}
