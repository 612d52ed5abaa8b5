import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { logEntryQuery, type LogEntry } from "~/api/log";
import { titleQuery } from "~/api/titles";
import { formatMomentExact, formatNumber } from "~/lib/format";
import { titleOf, useObject, useObjects } from "~/metadata/registry";
import { Dialog } from "~/ui/Dialog";
import { useNames } from "./names";
import { author, said } from "./said";

/** So many of the shown records are named; the rest is counted. */
const NAMED = 50;

/** Everything that one entry says. */
export function EntryDialog({ entry, onClose }: { entry: LogEntry; onClose: () => void }) {
  const { t } = useTranslation();
  const objects = useObjects();
  const names = useNames();
  const whole = useQuery(logEntryQuery(entry.entry)).data ?? entry;
  const shown = whole.records ?? [];
  const rows: [string, ReactNode][] = [
    [t("log.number"), formatNumber(entry.entry)],
    [t("log.when"), entry.until && entry.until !== entry.at ? t("log.between", { from: formatMomentExact(entry.at), until: formatMomentExact(entry.until) }) : formatMomentExact(entry.at)],
    [t("log.who"), entry.by ? author(entry.by) : t("log.nobody")],
    [t("log.through"), [t(`log.door.${entry.through}`, { defaultValue: entry.through }), entry.via].filter(Boolean).join(" · ")],
  ];
  const sentence = said(entry, objects, names);
  if (sentence) rows.push([t("log.detail"), sentence]);
  if (entry.record) rows.push([t("log.about"), entry.object ? <Named object={entry.object} id={entry.record} /> : <code className="font-mono text-12 break-all">{entry.record}</code>]);
  if (Array.isArray(entry.detail.shown) && entry.detail.shown.length > 0) rows.push([t("log.shown"), entry.detail.shown.join(", ")]);
  for (const [name, value] of Object.entries(entry.private ?? {})) if (value) rows.push([t(`log.private.${name}`, { defaultValue: name }), value]);
  return (
    <Dialog title={t(`log.kind.${entry.kind}`, { defaultValue: entry.kind })} width={640} onClose={onClose}>
      <dl className="log-facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {shown.length > 0 && entry.object ? (
        <>
          <h3 className="mt-4 mb-1 font-semibold">{t("log.records", { count: shown.length, number: formatNumber(shown.length) })}</h3>
          <ul className="log-records">
            {shown.slice(0, NAMED).map((id) => (
              <li key={id}>
                <Named object={entry.object ?? ""} id={id} />
              </li>
            ))}
            {shown.length > NAMED ? <li className="text-text-3">{t("log.andMore", { count: shown.length - NAMED, number: formatNumber(shown.length - NAMED) })}</li> : null}
          </ul>
        </>
      ) : null}
    </Dialog>
  );
}

/** By its title where the reader of the log may read the record, by its number where not. */
function Named({ object, id }: { object: string; id: string }) {
  const definition = useObject(object);
  const title = useQuery({ ...titleQuery(object, id, definition ? [definition.title] : []), enabled: Boolean(definition) && /^[0-9a-f-]{36}$/.test(id) }).data;
  if (!title) return <code className="font-mono text-12 break-all">{id}</code>;
  return (
    <Link to="/$object/$id" params={{ object, id }} className="hover:underline">
      {titleOf(definition, title)}
    </Link>
  );
}
