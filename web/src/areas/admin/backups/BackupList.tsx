import { CircleCheck, CircleDashed, CircleX, Lock } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatMoment, formatMomentExact, formatNumber, formatSize } from "~/lib/format";
import { Button } from "~/ui/Button";
import type { Backup } from "./model";

const AT_ONCE = 20;

/** The backups, the newest first, with what their proof found. */
export function BackupList({ items, places }: { items: Backup[]; places: number }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(AT_ONCE);
  return (
    <section className="sec" aria-labelledby="backup-list">
      <h2 className="sech" id="backup-list">
        {t("backups.list")}
        <span className="font-normal text-text-3">{formatNumber(items.length)}</span>
      </h2>
      {items.length === 0 ? <p className="text-text-3">{t("backups.none")}</p> : null}
      <ul>
        {items.slice(0, shown).map((item) => (
          <Item key={item.file} item={item} withPlace={places > 1} />
        ))}
      </ul>
      {items.length > shown ? (
        <Button small className="mt-2" onClick={() => setShown((n) => n + 5 * AT_ONCE)}>
          {t("backups.more")}
        </Button>
      ) : null}
    </section>
  );
}

function Item({ item, withPlace }: { item: Backup; withPlace: boolean }) {
  const { t } = useTranslation();
  const facts = [formatSize(item.size), item.took_ms === null ? "" : t("backups.took", { time: formatSeconds(item.took_ms) }), withPlace ? item.place : ""].filter(Boolean);
  return (
    <li className="flex items-start gap-3 border-b border-line py-2 last:border-0">
      <Mark result={item.result} />
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-x-2">
          <time className="font-medium" dateTime={item.at} title={formatMomentExact(item.at)}>
            {formatMoment(item.at)}
          </time>
          {item.encrypted ? (
            <span className="inline-flex items-center gap-1 text-12 text-text-2">
              <Lock size={12} aria-hidden />
              {t("backups.encrypted")}
            </span>
          ) : null}
        </span>
        <span className="block text-12 break-words text-text-2">{facts.join(" · ")}</span>
        <Proof item={item} />
      </span>
    </li>
  );
}

function Mark({ result }: { result: Backup["result"] }) {
  if (result === "proven") return <CircleCheck size={16} className="mt-0.5 shrink-0 text-success" aria-hidden />;
  if (result === "failed") return <CircleX size={16} className="mt-0.5 shrink-0 text-danger" aria-hidden />;
  return <CircleDashed size={16} className="mt-0.5 shrink-0 text-text-3" aria-hidden />;
}

function Proof({ item }: { item: Backup }) {
  const { t } = useTranslation();
  if (!item.result || !item.checked_at) return <span className="block text-12 text-text-3">{t("backups.notProven")}</span>;
  const when = formatMoment(item.checked_at);
  if (item.result === "failed") return <span className="block text-12 text-danger">{t("backups.broken", { when, why: item.detail ?? "" })}</span>;
  const found = item.found;
  return (
    <span className="block text-12 text-text-2">
      {found ? t("backups.proven", { when, time: formatSeconds(item.proof_ms ?? 0), rows: formatNumber(found.rows), files: formatNumber(found.files), sampled: formatNumber(found.sampled) }) : t("backups.lastProven", { when })}
    </span>
  );
}

const formatSeconds = (ms: number): string => `${formatNumber(ms / 1000, ms < 10_000 ? 1 : 0)} s`;
