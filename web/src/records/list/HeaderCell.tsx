import { ArrowDown, ArrowUp, ChevronDown, EyeOff, Group, MoveLeft, MoveRight, Pin, PinOff } from "lucide-react";
import { useRef, useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { kitOf } from "~/fields";
import { cx } from "~/lib/cx";
import { modelLabel } from "~/lib/i18n";
import { isSortable, type FieldDef } from "~/metadata/model";
import { MenuButton } from "~/ui/Menu";
import { canGroup, groupText, groupingOf } from "./groups";
import { NARROWEST, nextSort, sortKeys, sortText, WIDEST, type Column } from "./search";

const STEP = 16;
const DRAG_AFTER_PX = 6;

export interface HeaderProps {
  field: FieldDef;
  index: number;
  columns: Column[];
  sort: string | undefined;
  style: CSSProperties;
  sticky: boolean;
  onSort: (sort: string | undefined) => void;
  onGroup: (group: string | undefined) => void;
  onColumns: (columns: Column[], done: boolean) => void;
}

export function moved<T>(list: T[], from: number, to: number): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one !== undefined) next.splice(Math.max(0, Math.min(next.length, to)), 0, one);
  return next;
}

/** Sorts by a click (with Shift as a further key), moves by dragging, changes its width by its edge. The menu does all of it by keyboard. */
export function HeaderCell({ field, index, columns, sort, style, sticky, onSort, onGroup, onColumns }: HeaderProps) {
  const { t } = useTranslation();
  const start = useRef<{ x: number; width: number } | null>(null);
  const cell = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x: number; on: boolean } | null>(null);
  const [shift, setShift] = useState<number | null>(null);
  const column = columns[index];
  if (!column) return null;
  const label = modelLabel(field.label);
  const keys = sortKeys(sort);
  const place = keys.findIndex((key) => key.field === field.name);
  const sorted = place < 0 ? undefined : keys[place]?.down ? "descending" : "ascending";
  const put = (change: Partial<Column>, done = true) => onColumns(columns.map((c, i) => (i === index ? { ...c, ...change } : c)), done);
  const bounded = (value: number) => Math.min(WIDEST, Math.max(NARROWEST, value));
  const way = (element: Element) => (getComputedStyle(element).direction === "rtl" ? -1 : 1);

  const resize = (event: PointerEvent, done: boolean) => {
    if (!start.current) return;
    put({ width: bounded(start.current.width + way(event.currentTarget) * (event.clientX - start.current.x)) }, done);
    if (done) start.current = null;
  };
  const resizeKeys = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    put({ width: bounded(column.width + by * way(event.currentTarget) * STEP) });
  };
  /** Where a header that was dragged by so many pixels would stand. */
  const target = (by: number): number => {
    let to = index;
    let left = Math.abs(by);
    const step = by > 0 ? 1 : -1;
    for (let at = index + step; at >= 0 && at < columns.length; at += step) {
      const width = columns[at]?.width ?? 0;
      if (left < width / 2 || Boolean(columns[at]?.frozen) !== Boolean(column.frozen)) break;
      left -= width;
      to = at;
    }
    return to;
  };
  const dragMove = (event: PointerEvent) => {
    if (!drag.current) return;
    const by = event.clientX - drag.current.x;
    if (!drag.current.on && Math.abs(by) < DRAG_AFTER_PX) return;
    if (!drag.current.on) event.currentTarget.setPointerCapture(event.pointerId);
    drag.current.on = true;
    setShift(by);
  };
  const dragEnd = (event: PointerEvent) => {
    const on = drag.current?.on;
    const to = on ? target(way(event.currentTarget) * (shift ?? 0)) : index;
    setTimeout(() => (drag.current = null)); // the click that follows must not sort
    setShift(null);
    if (on && to !== index) onColumns(moved(columns, index, to), true);
  };
  const sortable = isSortable(field);
  const Arrow = sorted === "descending" ? ArrowDown : ArrowUp;
  const groupable = canGroup(field);
  const menu = [
    {
      items: sortable
        ? [
            { id: "up", label: t("list.sortUp"), icon: <ArrowUp size={16} />, onAction: () => onSort(field.name) },
            { id: "down", label: t("list.sortDown"), icon: <ArrowDown size={16} />, onAction: () => onSort(`-${field.name}`) },
            ...(keys.length && place < 0 ? [{ id: "then", label: t("list.sortThen"), icon: <ArrowUp size={16} />, onAction: () => onSort(sortText([...keys, { field: field.name, down: false }])) }] : []),
          ]
        : [],
    },
    { items: groupable ? [{ id: "group", label: t("list.groupByThis"), icon: <Group size={16} />, onAction: () => onGroup(groupText(groupingOf(field.name, field) ?? { field: field.name })) }] : [] },
    {
      items: [
        { id: "freeze", label: t(column.frozen ? "list.unfreeze" : "list.freeze"), icon: column.frozen ? <PinOff size={16} /> : <Pin size={16} />, onAction: () => onColumns(frozen(columns, index), true) },
        { id: "left", label: t("list.moveBefore"), icon: <MoveLeft size={16} className="rtl-flip" />, disabled: index === 0, onAction: () => onColumns(moved(columns, index, index - 1), true) },
        { id: "right", label: t("list.moveAfter"), icon: <MoveRight size={16} className="rtl-flip" />, disabled: index === columns.length - 1, onAction: () => onColumns(moved(columns, index, index + 1), true) },
        { id: "hide", label: t("list.hide"), icon: <EyeOff size={16} />, disabled: columns.length === 1, onAction: () => onColumns(columns.filter((_, i) => i !== index), true) },
      ],
    },
  ];
  return (
    <div
      ref={cell}
      role="columnheader"
      aria-colindex={index + 2}
      aria-sort={place === 0 ? sorted : undefined}
      className={cx("grid-cell grid-th", kitOf(field).end && "num", sticky && "stick", shift !== null && "dragged")}
      style={shift === null ? style : { ...style, transform: `translateX(${shift}px)` }}
    >
      <button
        type="button"
        tabIndex={-1}
        className="grid-sort"
        title={sortable ? t("list.sortBy", { what: label }) : label}
        onPointerDown={(event) => {
          if (event.button === 0 && event.pointerType === "mouse") drag.current = { x: event.clientX, on: false };
        }}
        onPointerMove={dragMove}
        onPointerUp={dragEnd}
        onClick={(event) => sortable && !drag.current?.on && onSort(nextSort(sort, field.name, event.shiftKey))}
      >
        <span className="truncate">{label}</span>
        {sorted ? <Arrow size={14} aria-hidden /> : null}
        {place >= 0 && keys.length > 1 ? <span className="grid-place">{place + 1}</span> : null}
      </button>
      <MenuButton label={t("list.columnMenu", { what: label })} buttonClass="grid-menu" groups={menu} placement="bottom start">
        <ChevronDown size={14} aria-hidden />
      </MenuButton>
      {/* A separator that can be moved is a widget (ARIA 1.2), though the linter counts it among the passive ones. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <span
        role="separator"
        aria-orientation="vertical"
        aria-label={t("list.width", { what: label })}
        aria-valuenow={Math.round(column.width)}
        aria-valuemin={NARROWEST}
        aria-valuemax={WIDEST}
        tabIndex={-1}
        className="grid-resize"
        onKeyDown={resizeKeys}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          start.current = { x: event.clientX, width: column.width };
        }}
        onPointerMove={(event) => resize(event, false)}
        onPointerUp={(event) => resize(event, true)}
      />
    </div>
  );
}

/** A frozen column joins those at the beginning; one that is let go stands behind them. */
export function frozen(columns: Column[], index: number): Column[] {
  const next = columns.map((column, i) => (i === index ? { ...column, frozen: column.frozen ? undefined : true } : column));
  return [...next.filter((column) => column.frozen), ...next.filter((column) => !column.frozen)];
}
