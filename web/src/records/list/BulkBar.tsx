import { Archive, Download, Pencil, UserPlus, X } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { aggregateQuery, bulk, fetchPage } from "~/api/records";
import type { ListQuery } from "~/api/types";
import { formatNumber } from "~/lib/format";
import { modelWord, screen } from "~/lib/i18n";
import type { Condition } from "~/metadata/condition";
import { fieldOf, isWritable, type ObjectDef } from "~/metadata/model";
import { useCan } from "~/metadata/registry";
import { useUndo } from "~/records/undo";
import { showToast } from "~/ui/Toasts";
import { useExport } from "./ExportButton";
import type { ViewState } from "./search";

const BulkEdit = lazy(() => screen(import("./BulkEdit")));

/** What the bulk route takes at once, and what one action of a screen may touch. */
const CHUNK = 5000;
export const MOST_AT_ONCE = 50_000;

/** Rows that are ticked, or every record that the list would show. */
export interface Selection {
  ids: ReadonlySet<string>;
  /** How many match, when all of them are meant. */
  all: number | null;
}

export interface BulkBarProps {
  object: ObjectDef;
  state: ViewState;
  query: ListQuery;
  selection: Selection;
  loaded: number;
  more: boolean;
  /** How many match, where that is known exactly. */
  total: number | undefined;
  onSelection: (selection: Selection) => void;
}

export default function BulkBar({ object, state, query, selection, loaded, more, total, onSelection }: BulkBarProps) {
  const { t } = useTranslation();
  const can = useCan(object.name);
  const client = useQueryClient();
  const undo = useUndo();
  const file = useExport(object);
  const [editing, setEditing] = useState<string | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const count = selection.all ?? selection.ids.size;
  const what = (n: number) => modelWord(n === 1 ? object.label : object.plural_label);
  const chosen: Condition | undefined = selection.all === null ? { field: "id", op: "in", value: [...selection.ids] } : query.filter;
  const owner = fieldOf(object, "owner");

  const selectAll = async () => {
    setBusy("");
    try {
      const page = await client.fetchQuery(aggregateQuery(object.name, { filter: query.filter, archived: query.archived, group_by: [], measures: [{ fn: "count" }] }));
      onSelection({ ...selection, all: Number(page.items[0]?.values[0] ?? 0) });
    } catch (error) {
      showToast({ text: asApiError(error).detail || t("state.error.list"), failed: true });
    } finally {
      setBusy(null);
    }
  };
  const idsOf = async (): Promise<string[]> => {
    if (selection.all === null) return [...selection.ids];
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof fetchPage>> = await fetchPage(object.name, { filter: query.filter, archived: query.archived, sort: query.sort, fields: ["id"], limit: 500 }, cursor);
      ids.push(...page.items.map((item) => item.id));
      cursor = page.next_cursor;
      setBusy(t("bulk.gathering", { shown: formatNumber(ids.length), of: formatNumber(count) }));
    } while (cursor && ids.length < MOST_AT_ONCE);
    return ids;
  };
  const run = async (mode: "update" | "delete", values: Record<string, unknown>, done: (count: number) => string) => {
    setBusy("");
    const sets: string[] = [];
    const failed: { id: string; reason?: string }[] = [];
    let changed = 0;
    try {
      const ids = await idsOf();
      for (let start = 0; start < ids.length; start += CHUNK) {
        const part = ids.slice(start, start + CHUNK);
        const answer = await bulk(object.name, mode, part.map((id) => ({ id, ...values })));
        if (answer.change_set) sets.push(answer.change_set);
        for (const item of answer.items) {
          if (item.status < 400) changed += 1;
          else failed.push({ id: item.id ?? part[item.index] ?? "", reason: item.errors?.[0]?.detail });
        }
        if (ids.length > CHUNK) setBusy(t("bulk.working", { shown: formatNumber(Math.min(ids.length, start + CHUNK)), of: formatNumber(ids.length) }));
      }
      const reason = failed[0]?.reason;
      showToast({ text: failed.length ? `${done(changed)} ${t("bulk.failed", { count: failed.length })}${reason ? ` ${reason}` : ""}` : done(changed), failed: changed === 0, undo: sets.length && changed > 0 ? () => undo(sets) : undefined });
      onSelection({ ids: new Set(failed.map((item) => item.id).filter(Boolean)), all: null });
    } catch (error) {
      // Chunks that went through before stay done; they can still be taken back.
      showToast({ text: `${changed ? `${done(changed)} ` : ""}${asApiError(error).detail || t("bulk.refused")}`, failed: true, undo: sets.length ? () => undo(sets) : undefined });
    } finally {
      await client.invalidateQueries({ predicate: ({ queryKey }) => ["list", "rows", "aggregate", "record"].includes(String(queryKey[0])) });
      setBusy(null);
      setEditing(null);
    }
  };
  const tooMany = count > MOST_AT_ONCE;
  const blocked = busy !== null || tooMany;
  return (
    <div className="bulk" role="toolbar" aria-label={t("bulk.title")}>
      <span className="pe-2 tabular-nums" role="status">
        {busy || t("list.selected", { count, shown: formatNumber(count) })}
      </span>
      {selection.all === null && more && loaded > 0 ? (
        <button type="button" className="underline underline-offset-2" disabled={busy !== null} onClick={() => void selectAll()}>
          {total === undefined ? t("bulk.selectEvery") : t("bulk.selectAll", { shown: formatNumber(total) })}
        </button>
      ) : null}
      {tooMany ? <span className="pe-2 text-12">{t("bulk.tooMany", { shown: formatNumber(MOST_AT_ONCE) })}</span> : null}
      <span className="sep" />
      {can.update ? (
        <button type="button" disabled={blocked} onClick={() => setEditing("")}>
          <Pencil size={16} aria-hidden />
          {t("bulk.edit")}
        </button>
      ) : null}
      {can.update && owner && isWritable(owner) ? (
        <button type="button" disabled={blocked} onClick={() => setEditing("owner")}>
          <UserPlus size={16} aria-hidden />
          {t("bulk.assign")}
        </button>
      ) : null}
      {can.export ? (
        <button type="button" disabled={busy !== null || file.busy} onClick={() => void file.run(state, "csv", chosen)}>
          <Download size={16} aria-hidden />
          {t("bulk.export")}
        </button>
      ) : null}
      {can.delete ? (
        <button type="button" disabled={blocked} onClick={() => void run("delete", {}, (n) => t("bulk.archived", { count: n, shown: formatNumber(n), what: what(n) }))}>
          <Archive size={16} aria-hidden />
          {t("action.archive")}
        </button>
      ) : null}
      <span className="sep" />
      <button type="button" aria-label={t("bulk.clear")} title={`${t("bulk.clear")} (Esc)`} onClick={() => onSelection({ ids: new Set(), all: null })}>
        <X size={16} aria-hidden />
      </button>
      <Suspense>
        {editing !== null ? (
          <BulkEdit object={object} start={editing} filter={chosen} archived={query.archived} count={count} busy={busy !== null} progress={busy} onClose={() => setEditing(null)} onApply={(values) => void run("update", values, (n) => t("bulk.changed", { count: n, shown: formatNumber(n), what: what(n) }))} />
        ) : null}
      </Suspense>
    </div>
  );
}
