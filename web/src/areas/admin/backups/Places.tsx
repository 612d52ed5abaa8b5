import { HardDrive } from "lucide-react";
import { useTranslation } from "react-i18next";
import { formatDuration, formatMoment } from "~/lib/format";
import { Badge } from "~/ui/Badge";
import type { BackupPlace, Backups } from "./model";

/** Where backups go, how often, and how long they stay. */
export function Places({ status }: { status: Backups }) {
  const { t } = useTranslation();
  const { hourly, daily, monthly } = status.keep;
  const kept = [hourly ? t("backups.hours", { count: hourly }) : "", daily ? t("backups.days", { count: daily }) : "", monthly ? t("backups.months", { count: monthly }) : ""].filter(Boolean);
  return (
    <section className="sec" aria-labelledby="backup-places">
      <h2 className="sech" id="backup-places">
        {t("backups.places")}
      </h2>
      {status.every_ms ? <p className="mb-2 text-text-2">{t("backups.rhythm", { every: formatDuration(status.every_ms / 1000), kept: kept.join(", ") || t("backups.newest") })}</p> : null}
      <ul>
        {status.places.map((place) => (
          <Place key={place.place} place={place} />
        ))}
      </ul>
    </section>
  );
}

function Place({ place }: { place: BackupPlace }) {
  const { t } = useTranslation();
  const facts = [place.made_at ? t("backups.lastMade", { when: formatMoment(place.made_at) }) : t("backups.neverMade"), place.proven_at ? t("backups.lastProven", { when: formatMoment(place.proven_at) }) : t("backups.neverProven")];
  return (
    <li className="flex min-h-12 items-center gap-3 border-b border-line py-2 last:border-0">
      <HardDrive size={16} className="shrink-0 text-text-3" aria-hidden />
      <span className="min-w-0 flex-1">
        <span className="block font-mono text-12 break-all">{place.place}</span>
        <span className="block text-12 text-text-2">{facts.join(" · ")}</span>
        {place.error ? <span className="block text-12 text-danger">{`${formatMoment(place.error.at)}: ${place.error.detail}`}</span> : null}
      </span>
      {place.error ? <Badge tone="dan">{t("backups.failing")}</Badge> : place.beside_the_data ? <Badge tone="war">{t("backups.sameDisk")}</Badge> : <Badge tone="plain">{t("backups.otherDisk")}</Badge>}
    </li>
  );
}
