import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { FieldValue, isEmpty } from "~/fields";
import { RecordMark } from "~/fields/reference";
import type { RecordData } from "~/api/types";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, typeOf, type ObjectDef } from "~/metadata/model";
import { titleOf } from "~/metadata/registry";
import type { Column } from "./search";

/** The same list on a phone: one card for a row, its first three values below the name. */
export function Cards({ object, rows, columns, onMore, hasMore }: { object: ObjectDef; rows: RecordData[]; columns: Column[]; onOpen: (record: RecordData) => void; onMore: () => void; hasMore: boolean }) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => 76, overscan: 10 });
  const items = virtual.getVirtualItems();
  const last = items[items.length - 1]?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= rows.length - 15) onMore();
  }, [last, rows.length, hasMore, onMore]);
  const shown = columns.map((column) => fieldOf(object, column.name)).filter((field) => field !== undefined && field.name !== object.title && field.name !== "updated_at");
  const amount = shown.find((field) => field && typeOf(field) === "money");
  return (
    <div ref={scroller} className="scroll bg-surface" role="list" aria-label={modelLabel(object.plural_label)} tabIndex={-1}>
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const title = titleOf(object, row) || t("record.untitled");
          const values = shown.filter((field) => field && field !== amount && !isEmpty(row[field.name])).slice(0, 3);
          return (
            <div key={row.id} role="listitem" ref={virtual.measureElement} data-index={item.index} className="absolute inset-x-0" style={{ transform: `translateY(${item.start}px)` }}>
              <Link to="/$object/$id" params={{ object: object.name, id: row.id }} className="flex gap-3 border-b border-line px-4 py-3 active:bg-hover">
                <span className="pt-0.5">
                  <RecordMark target={{ object: object.name, id: row.id }} title={title} size={18} />
                </span>
                <span className="min-w-0 flex-1">
                  <span className="flex items-baseline gap-2">
                    <span className="min-w-0 flex-1 truncate font-medium" dir="auto">
                      {title}
                    </span>
                    {amount ? <FieldValue field={amount} value={row[amount.name]} record={row} compact /> : null}
                  </span>
                  <span className="mt-0.5 flex items-center gap-3 overflow-hidden text-text-2">
                    {values.map((field) => (field ? <span key={field.name} className="flex min-w-0 max-w-[55%] shrink-0 items-center last:shrink [&>*]:truncate"><FieldValue field={field} value={row[field.name]} record={row} compact /></span> : null))}
                  </span>
                </span>
              </Link>
            </div>
          );
        })}
      </div>
    </div>
  );
}
