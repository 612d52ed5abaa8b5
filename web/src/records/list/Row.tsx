import { Link } from "@tanstack/react-router";
import { memo, type CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "~/api/types";
import { FieldValue, kitOf } from "~/fields";
import { cx } from "~/lib/cx";
import type { FieldDef, ObjectDef } from "~/metadata/model";
import { titleOf } from "~/metadata/registry";
import { Checkbox } from "~/ui/Checkbox";

export interface ShownColumn {
  field: FieldDef;
  style: CSSProperties | undefined;
  sticky: boolean;
}

export interface RowProps {
  object: ObjectDef;
  row: RecordData;
  index: number;
  id: string;
  top: number;
  height: number;
  template: string;
  columns: ShownColumn[];
  current: boolean;
  /** The column the cursor stands in, -1 for the row as a whole. */
  cursor: number;
  selected: boolean;
  open: boolean;
  gone: boolean;
  fresh: boolean;
  editor: { column: number; element: React.ReactNode } | null;
  onSelect: (index: number, on: boolean, range: boolean) => void;
  onOpen: (index: number) => void;
  onEdit: (index: number, column: number) => void;
}

/** One record of a table. Only what changed is drawn again: the table asks for thousands of them while it scrolls. */
export const Row = memo(function Row({ object, row, index, id, top, height, template, columns, current, cursor, selected, open, gone, fresh, editor, onSelect, onOpen, onEdit }: RowProps) {
  const { t } = useTranslation();
  const title = titleOf(object, row) || t("record.untitled");
  return (
    // The keyboard works on the grid (aria-activedescendant); a click anywhere on the row opens it beside the list.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={cx("grid-row", selected && "sel", current && "cur", open && "open", gone && "gone", fresh && "fresh", row.archived_at ? "arch" : null, editor && "editing")}
      style={{ gridTemplateColumns: template, height, transform: `translateY(${top}px)` }}
      onClick={(event) => {
        if (!(event.target instanceof Element) || event.target.closest("a,button,label,input,.cell-editor")) return;
        if (event.shiftKey || event.ctrlKey || event.metaKey) onSelect(index, !selected, event.shiftKey);
        else onOpen(index);
      }}
      // Shift extends the selection of rows, not that of text.
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onDoubleClick={(event) => {
        const cell = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-column]") : null;
        if (cell && !(event.target as Element).closest(".cell-editor")) onEdit(index, Number(cell.dataset.column));
      }}
    >
      <div role="gridcell" className="grid-check">
        <Checkbox label={t("list.select", { what: title })} hideLabel checked={selected} onChange={(on, range) => onSelect(index, on, range)} />
      </div>
      {columns.map(({ field, style, sticky }, position) => (
        <div key={field.name} id={`${id}-${position}`} role="gridcell" aria-colindex={position + 2} data-column={position} className={cx("grid-cell", kitOf(field).end && "num", sticky && "stick", current && cursor === position && "cell-cur")} style={style}>
          {editor?.column === position ? (
            editor.element
          ) : field.name === object.title ? (
            <Link to="/$object/$id" params={{ object: object.name, id: row.id }} className="block truncate font-medium hover:underline" tabIndex={-1} dir="auto" title={title}>
              {title}
            </Link>
          ) : (
            <FieldValue field={field} value={row[field.name]} record={row} compact />
          )}
        </div>
      ))}
    </div>
  );
});

export function WaitingRow({ top, height, template, count }: { top: number; height: number; template: string; count: number }) {
  return (
    <div className="grid-row" role="presentation" style={{ gridTemplateColumns: template, height, transform: `translateY(${top}px)` }} aria-hidden>
      <div className="grid-check" />
      {Array.from({ length: count }, (_, i) => (
        <div key={i} className="grid-cell">
          <span className="skel" style={{ width: i === 0 ? "70%" : "50%" }} />
        </div>
      ))}
    </div>
  );
}
