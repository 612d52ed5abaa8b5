import { Archive, Pencil, X } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { bulk, fetchPage } from "~/api/records";
import type { ListQuery, RecordData } from "~/api/types";
import { formatNumber } from "~/lib/format";
import { modelWord } from "~/lib/i18n";
import type { ObjectDef } from "~/metadata/model";
import { useCan } from "~/metadata/registry";
import { useUndo } from "~/records/undo";
import { showToast } from "~/ui/Toasts";

const BulkEdit = lazy(() => import("./BulkEdit"));

/** What the bulk route takes at once. */
const MOST = 5000;

export function BulkBar({ object, query, selected, rows, total, onSelection }: { object: ObjectDef; query: ListQuery; selected: ReadonlySet<string>; rows: RecordData[]; total?: number; onSelection: (ids: ReadonlySet<string>) => void }) {
  const { t } = useTranslation();
  const can = useCan(object.name);
  const client = useQueryClient();
  const undo = useUndo();
  const [editing, setEditing] = useState(false);
  const [busy, setBusy] = useState(false);
  const more = total !== undefined && total > selected.size && rows.length <= selected.size;

  const selectAll = async () => {
    setBusy(true);
    try {
      const ids = new Set(selected);
      let cursor: string | null = null;
      do {
        const page: { items: RecordData[]; next_cursor: string | null } = await fetchPage(object.name, { filter: query.filter, sort: query.sort, archived: query.archived, fields: ["id"], limit: 500 }, cursor);
        page.items.forEach((item) => ids.add(item.id));
        cursor = page.next_cursor;
      } while (cursor && ids.size < MOST);
      onSelection(new Set([...ids].slice(0, MOST)));
    } catch (error) {
      showToast({ text: asApiError(error).detail || t("state.error.list"), failed: true });
    } finally {
      setBusy(false);
    }
  };

  const run = async (mode: "update" | "delete", values: Record<string, unknown>, done: (count: number) => string) => {
    setBusy(true);
    try {
      const answer = await bulk(object.name, mode, [...selected].map((id) => ({ id, ...values })));
      const failed = answer.items.filter((item) => item.status >= 400);
      await client.invalidateQueries({ predicate: ({ queryKey }) => ["list", "aggregate", "record"].includes(String(queryKey[0])) });
      const changed = answer.items.length - failed.length;
      const reason = failed[0]?.errors?.[0]?.detail;
      showToast({
        text: failed.length ? `${done(changed)} ${t("bulk.failed", { count: failed.length })}${reason ? ` ${reason}` : ""}` : done(changed),
        failed: changed === 0,
        undo: answer.change_set && changed > 0 ? () => undo(answer.change_set ?? "") : undefined,
      });
      if (failed.length === 0) onSelection(new Set());
      else onSelection(new Set(failed.map((item) => item.id ?? [...selected][item.index] ?? "").filter(Boolean)));
    } catch (error) {
      showToast({ text: asApiError(error).detail || t("bulk.refused"), failed: true });
    } finally {
      setBusy(false);
      setEditing(false);
    }
  };

  const what = (count: number) => modelWord(count === 1 ? object.label : object.plural_label);
  return (
    <div className="bulk" role="toolbar" aria-label={t("bulk.title")}>
      <span className="pe-2 tabular-nums">{t("list.selected", { count: selected.size, shown: formatNumber(selected.size) })}</span>
      {more ? (
        <button type="button" className="underline underline-offset-2" disabled={busy} onClick={() => void selectAll()}>
          {t("bulk.selectAll", { shown: formatNumber(Math.min(total ?? 0, MOST)) })}
        </button>
      ) : null}
      <span className="sep" />
      {can.update ? (
        <button type="button" disabled={busy} onClick={() => setEditing(true)}>
          <Pencil size={16} aria-hidden />
          {t("bulk.edit")}
        </button>
      ) : null}
      {can.delete ? (
        <button type="button" disabled={busy} onClick={() => void run("delete", {}, (count) => t("bulk.archived", { count, shown: formatNumber(count), what: what(count) }))}>
          <Archive size={16} aria-hidden />
          {t("action.archive")}
        </button>
      ) : null}
      <span className="sep" />
      <button type="button" aria-label={t("bulk.clear")} onClick={() => onSelection(new Set())}>
        <X size={16} aria-hidden />
      </button>
      <Suspense>{editing ? <BulkEdit object={object} count={selected.size} busy={busy} onClose={() => setEditing(false)} onApply={(values) => void run("update", values, (count) => t("bulk.changed", { count, shown: formatNumber(count), what: what(count) }))} /> : null}</Suspense>
    </div>
  );
}
