import { CircleX, Equal, PenLine, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportJob, ImportPreviewRow } from "~/api/imports";
import { FieldValue, isEmpty } from "~/fields";
import { cx } from "~/lib/cx";
import { formatNumber } from "~/lib/format";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, type ObjectDef } from "~/metadata/model";
import { Note } from "~/ui/Note";
import { goesTo, type Way } from "./mapping";
import { Unresolved } from "./Unresolved";

type Kind = "create" | "update" | "unchanged" | "reject";

/** What the import would do, as counts and as the rows themselves: old value struck out, new beside it. */
export function DryRun({ job, object, ways, shown, stale, onWay }: { job: ImportJob; object: ObjectDef; ways: Way[]; shown: boolean; stale: boolean; onWay: (way: Way, change: Partial<Way>) => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Kind | null>(null);
  const rows = job.preview ?? job.diff ?? [];
  const counts: { kind: Kind; count: number; icon: React.ReactNode; tone: string }[] = [
    { kind: "create", count: job.created, icon: <Plus size={14} aria-hidden />, tone: "text-success" },
    { kind: "update", count: job.updated, icon: <PenLine size={14} aria-hidden />, tone: "text-info" },
    { kind: "unchanged", count: job.unchanged, icon: <Equal size={14} aria-hidden />, tone: "text-text-2" },
    { kind: "reject", count: job.rejected, icon: <CircleX size={14} aria-hidden />, tone: "text-danger" },
  ];
  const visible = rows.filter((row) => kind === null || kindOf(row) === kind);
  return (
    <aside className="flex w-90 shrink-0 flex-col gap-3 overflow-auto border-s border-line bg-bg p-4 max-[900px]:w-full max-[900px]:border-s-0 max-[900px]:border-t" aria-label={t("import.dryRun")} aria-live="polite">
      <h2 className="text-13 font-semibold">
        {t("import.dryRun")} <span className="font-normal text-text-3">{t("import.nothingWritten")}</span>
      </h2>
      {shown ? (
        <>
          <div className="grid shrink-0 grid-cols-4 overflow-hidden rounded-lg border border-line-strong bg-surface">
            {counts.map((one) => (
              <button key={one.kind} type="button" aria-pressed={kind === one.kind} onClick={() => setKind(kind === one.kind ? null : one.kind)} className={cx("min-w-0 border-e border-line px-2 py-2 text-start last:border-0", kind === one.kind && "bg-selected")}>
                <span className="block text-16 font-semibold tabular-nums">{formatNumber(one.count)}</span>
                <span className={cx("flex items-center gap-1 text-12 whitespace-nowrap", one.tone)}>
                  {one.icon}
                  {t(`import.kind.${one.kind}`)}
                </span>
              </button>
            ))}
          </div>
          {stale ? <Note tone="war">{t("import.stale")}</Note> : null}
          <Unresolved missing={(job.missing ?? []).filter((one) => !ways.some((way) => goesTo(way) === one.field && one.value in way.values))} ways={ways} object={object} onChange={onWay} />
          {job.odd_values ? <Note tone="war">{t("import.oddValues", { count: job.odd_values })}</Note> : null}
          {(job.remarks ?? []).map((remark) => (
            <Note key={remark}>{remark}</Note>
          ))}
          {(job.warnings ?? []).slice(0, 5).map((warning, index) => (
            <Note key={index} tone="war">
              {typeof warning === "string" ? warning : (warning.detail ?? warning.code)}
            </Note>
          ))}
          {visible.map((row, index) => (
            <PreviewRow key={index} row={row} object={object} />
          ))}
        </>
      ) : (
        <p className="text-text-2">{t("import.dryRunHelp")}</p>
      )}
      <Note className="mt-auto">{t("import.undoHelp")}</Note>
    </aside>
  );
}

function kindOf(row: ImportPreviewRow): Kind {
  return row.action ?? (row.errors?.length ? "reject" : row.changes?.some((change) => !isEmpty(change.old)) ? "update" : "create");
}

const isLookup = (value: unknown): value is { by: string; value: unknown } => typeof value === "object" && value !== null && "by" in value && "value" in value;

function PreviewRow({ row, object }: { row: ImportPreviewRow; object: ObjectDef }) {
  const { t } = useTranslation();
  const line = row.line ?? row.row;
  return (
    <article className="rounded-lg border border-line-strong bg-surface p-3 text-12">
      <header className="flex gap-2">
        <span className="min-w-0 truncate font-medium" dir="auto">
          {row.title || t(`import.kind.${kindOf(row)}`)}
        </span>
        {line === undefined ? null : <span className="ms-auto shrink-0 text-text-3 tabular-nums">{t("import.line", { line })}</span>}
      </header>
      <dl>
        {(row.changes ?? []).slice(0, 12).map((change) => {
          const field = fieldOf(object, change.field);
          // A reference that is still to be looked up shows what the file says.
          const value = (v: unknown) => (isLookup(v) ? <span dir="auto">{String(v.value)}</span> : field ? <FieldValue field={field} value={v} compact /> : typeof v === "object" ? JSON.stringify(v) : String(v ?? ""));
          return (
            <div key={change.field} className="mt-1 grid grid-cols-[80px_minmax(0,1fr)] gap-2">
              <dt className="truncate text-text-3">{field ? modelLabel(field.label) : change.field}</dt>
              <dd className="min-w-0">
                {isEmpty(change.old) ? null : <span className="block text-danger line-through">{value(change.old)}</span>}
                <span className="block text-success">
                  {isEmpty(change.old) ? "+ " : ""}
                  <span className="inline-block max-w-full align-top">{value(change.new)}</span>
                </span>
              </dd>
            </div>
          );
        })}
      </dl>
      {(row.errors ?? []).map((error, index) => (
        <p key={index} className="mt-1 flex gap-1 text-danger">
          <CircleX size={14} aria-hidden />
          <span>
            {error.field ? `${modelLabel(fieldOf(object, error.field)?.label ?? error.field)}: ` : ""}
            {error.detail}
          </span>
        </p>
      ))}
    </article>
  );
}
