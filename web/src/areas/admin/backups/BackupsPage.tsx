import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { DatabaseBackup, ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { formatMoment, formatNumber } from "~/lib/format";
import { useCapability } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { Note } from "~/ui/Note";
import { ErrorState, useSlow } from "~/ui/States";
import { showToast } from "~/ui/Toasts";
import { BackupList } from "./BackupList";
import { HowToRestore } from "./HowToRestore";
import { backupsQuery, makeBackup, proveBackups, type Backups } from "./model";
import { Places } from "./Places";

/** What backups there are, whether they can be restored, and what an administrator should see to. */
export function BackupsPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const mayMake = useCapability("configure");
  const asked = useQuery(backupsQuery);
  const slow = useSlow(asked.isPending);
  const begin = useMutation({
    mutationFn: (work: () => Promise<Backups>) => work(),
    onSuccess: (status) => client.setQueryData(backupsQuery.queryKey, status),
    onError: (error) => showToast({ text: asApiError(error).detail || t("state.error.server"), failed: true }),
  });
  const status = asked.data;
  const running = status?.running ?? null;
  return (
    <>
      <header className="top">
        <h1>{t("backups.title")}</h1>
        {mayMake && status ? (
          <div className="ms-auto flex gap-2">
            <Button small icon={<ShieldCheck size={16} />} busy={running === "proof"} disabled={running !== null || status.items.length === 0} onClick={() => begin.mutate(proveBackups)}>
              {t("backups.prove")}
            </Button>
            <Button small look="primary" icon={<DatabaseBackup size={16} />} busy={running === "backup"} disabled={running !== null} onClick={() => begin.mutate(makeBackup)}>
              {t("backups.make")}
            </Button>
          </div>
        ) : null}
      </header>
      {asked.isError && !status ? (
        <ErrorState error={asApiError(asked.error)} title={t("backups.failed")} retry={() => void asked.refetch()} />
      ) : (
        <div className="scroll" aria-busy={slow}>
          <div className="mx-auto max-w-220">
            {slow ? <Waiting /> : null}
            {status ? (
              <>
                <Health status={status} />
                <Places status={status} />
                <BackupList items={status.items} places={status.places.length} />
                <HowToRestore newest={status.items[0]} />
              </>
            ) : null}
          </div>
        </div>
      )}
    </>
  );
}

/** In one look: is all well, and if not, why. */
function Health({ status }: { status: Backups }) {
  const { t } = useTranslation();
  const proven = status.items.find((item) => item.result === "proven");
  const beside = status.places.filter((place) => place.beside_the_data);
  const away = status.places.length > beside.length;
  return (
    <section className="sec flex flex-col gap-2" aria-label={t("backups.health")}>
      <p className="sr-only" role="status">
        {status.running ? t(`backups.running.${status.running}`) : ""}
      </p>
      {status.alarm.map((alarm) => (
        <Note key={alarm.reason + alarm.place} tone="dan">
          <strong className="block">{t(`backups.alarm.${alarm.reason}`, { place: alarm.place })}</strong>
          {alarm.detail}
        </Note>
      ))}
      {status.alarm.length === 0 && proven?.found ? (
        <Note tone="suc">{t("backups.whole", { when: formatMoment(proven.proven_at ?? proven.at), rows: formatNumber(proven.found.rows), files: formatNumber(proven.found.files) })}</Note>
      ) : null}
      {status.alarm.length === 0 && !proven ? <Note>{t(status.items.length ? "backups.unprovenYet" : "backups.noneYet")}</Note> : null}
      {beside.length && !away ? (
        <Note tone="war">
          <strong className="block">{t("backups.beside")}</strong>
          {t("backups.besideHow")} <code className="font-mono text-12">{'[backup] to = ["/mnt/other/rapport"]'}</code>
        </Note>
      ) : null}
      {away && !status.encrypted ? <Note tone="war">{t("backups.plain")}</Note> : null}
      {status.every_ms === 0 ? <Note tone="war">{t("backups.never")}</Note> : null}
    </section>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-5 p-5">
      {Array.from({ length: 8 }, (_, row) => (
        <span key={row} className="skel w-full" />
      ))}
    </div>
  );
}
