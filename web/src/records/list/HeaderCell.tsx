import { ArrowDown, ArrowUp } from "lucide-react";
import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { kitOf } from "~/fields";
import { cx } from "~/lib/cx";
import { modelLabel } from "~/lib/i18n";
import { isSortable, type FieldDef } from "~/metadata/model";
import { NARROWEST, nextSort, WIDEST } from "./search";

const STEP = 16;

/** Sorts by a click, changes its width by its edge; the edge also takes arrow keys. */
export function HeaderCell({ field, index, sorted, sort, onSort, width, onWidth }: { field: FieldDef; index: number; sorted?: "ascending" | "descending"; sort?: string; onSort: (sort: string | undefined) => void; width: number; onWidth: (width: number, done: boolean) => void }) {
  const { t } = useTranslation();
  const start = useRef<{ x: number; width: number } | null>(null);
  const label = modelLabel(field.label);
  const bounded = (value: number) => Math.min(WIDEST, Math.max(NARROWEST, value));
  const move = (event: PointerEvent, done: boolean) => {
    if (!start.current) return;
    const way = getComputedStyle(event.currentTarget).direction === "rtl" ? -1 : 1;
    onWidth(bounded(start.current.width + way * (event.clientX - start.current.x)), done);
    if (done) start.current = null;
  };
  const keys = (event: KeyboardEvent) => {
    const way = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (way === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onWidth(bounded(width + way * STEP), true);
  };
  const Arrow = sorted === "descending" ? ArrowDown : ArrowUp;
  const body = (
    <>
      <span className="truncate">{label}</span>
      {sorted ? <Arrow size={14} aria-hidden /> : null}
    </>
  );
  return (
    <div role="columnheader" aria-colindex={index} aria-sort={sorted} className={cx("grid-cell grid-th", kitOf(field).end && "num")}>
      {isSortable(field) ? (
        <button type="button" tabIndex={-1} className="grid-sort" title={t("list.sortBy", { what: label })} onClick={() => onSort(nextSort(sort, field.name))}>
          {body}
        </button>
      ) : (
        <span className="grid-sort" title={label}>
          {body}
        </span>
      )}
      {/* A separator that can be moved is a widget (ARIA 1.2), though the linter counts it among the passive ones. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <span
        role="separator"
        aria-orientation="vertical"
        aria-label={t("list.width", { what: label })}
        aria-valuenow={Math.round(width)}
        aria-valuemin={NARROWEST}
        aria-valuemax={WIDEST}
        tabIndex={-1}
        className="grid-resize"
        onKeyDown={keys}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          start.current = { x: event.clientX, width };
        }}
        onPointerMove={(event) => move(event, false)}
        onPointerUp={(event) => move(event, true)}
      />
    </div>
  );
}
