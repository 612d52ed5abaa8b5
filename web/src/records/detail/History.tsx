import { useInfiniteQuery } from "@tanstack/react-query";
import { ArrowRight, Undo2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { historyQuery } from "~/api/records";
import type { HistoryEntry, RecordData } from "~/api/types";
import { FieldValue, isEmpty } from "~/fields";
import { formatMoment, formatMomentExact } from "~/lib/format";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, isWritable, type FieldDef, type ObjectDef } from "~/metadata/model";
import { Button, IconButton } from "~/ui/Button";
import { Avatar } from "~/ui/Avatar";
import { ErrorState } from "~/ui/States";
import { showToast } from "~/ui/Toasts";
import { useSave } from "./useSave";

/** Who changed what, when, through what; old value struck out, new value beside it. */
export function History({ object, record, mayEdit }: { object: ObjectDef; record: RecordData; mayEdit: boolean }) {
  const { t } = useTranslation();
  const history = useInfiniteQuery(historyQuery(object.name, record.id));
  const entries = history.data?.pages.flatMap((page) => page.items) ?? [];
  if (history.isError) return <ErrorState error={asApiError(history.error)} title={t("history.failed")} retry={() => void history.refetch()} />;
  return (
    <ol className="mt-3" aria-label={t("record.changes")}>
      {entries.map((entry) => (
        <Entry key={`${entry.version}-${entry.at}`} object={object} entry={entry} record={record} mayEdit={mayEdit} />
      ))}
      {history.hasNextPage ? (
        <li className="py-3">
          <Button small busy={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            {t("action.more")}
          </Button>
        </li>
      ) : null}
    </ol>
  );
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

function Entry({ object, entry, record, mayEdit }: { object: ObjectDef; entry: HistoryEntry; record: RecordData; mayEdit: boolean }) {
  const { t } = useTranslation();
  const save = useSave(object.name);
  const takeBack = async (field: FieldDef, old: unknown) => {
    const outcome = await save(record, { [field.name]: old ?? null }, true);
    if (outcome.kind === "saved") showToast({ text: t("history.tookBack", { what: modelLabel(field.label) }) });
    else if (outcome.kind === "refused") showToast({ text: outcome.problem.errors[0]?.detail || outcome.problem.detail || t("state.error.server"), failed: true });
  };
  const name = entry.by?.name ?? t("history.system");
  return (
    <li className="grid grid-cols-[24px_minmax(0,1fr)] gap-3 border-b border-line py-3 last:border-0">
      <Avatar id={entry.by?.id ?? "system"} name={name} size="m" />
      <div className="min-w-0">
        <div className="flex items-baseline gap-2">
          <span className="min-w-0 truncate">
            <span className="font-medium">{name}</span> <span className="text-text-2">{entry.changes.length ? t("history.changed", { count: entry.changes.length }) : t("history.created")}</span>
            {entry.through ? <span className="text-text-3"> {t(`through.${entry.through}`, { defaultValue: entry.through })}</span> : null}
          </span>
          <time className="ms-auto shrink-0 text-12 text-text-3" dateTime={entry.at} title={formatMomentExact(entry.at)}>
            {formatMoment(entry.at)}
          </time>
        </div>
        <dl>
          {entry.changes.map((change) => {
            const field = fieldOf(object, change.field);
            const value = (v: unknown) => (isEmpty(v) ? <span className="text-text-3">{t("value.none")}</span> : field ? <FieldValue field={field} value={v} compact /> : <span>{String(v)}</span>);
            return (
              <div key={change.field} className="mt-1 grid grid-cols-[minmax(88px,30%)_minmax(0,1fr)] gap-2">
                <dt className="truncate text-text-3">{field ? modelLabel(field.label) : change.field}</dt>
                <dd className="flex min-w-0 flex-wrap items-center gap-x-2">
                  <span className="max-w-full min-w-0 text-text-2 line-through decoration-text-3">{value(change.old)}</span>
                  <ArrowRight size={12} className="text-text-3" aria-label={t("history.became")} />
                  <span className="max-w-full min-w-0">{value(change.new)}</span>
                  {mayEdit && field && isWritable(field) && same(record[field.name], change.new) ? (
                    <IconButton className="ms-auto" label={t("history.takeBack", { what: modelLabel(field.label) })} onClick={() => void takeBack(field, change.old)}>
                      <Undo2 size={14} />
                    </IconButton>
                  ) : null}
                </dd>
              </div>
            );
          })}
        </dl>
      </div>
    </li>
  );
}
