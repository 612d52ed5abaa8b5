import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleX, Download, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportJob } from "~/api/imports";
import { formatNumber } from "~/lib/format";
import { modelWord } from "~/lib/i18n";
import type { ObjectDef } from "~/metadata/model";
import { useUndo } from "~/records/undo";
import { Button } from "~/ui/Button";

/** Progress while it runs, the counts when it is done, the rejected rows as a file, and the way back. */
export function ResultStep({ job, object }: { job: ImportJob; object: ObjectDef }) {
  const { t } = useTranslation();
  const undo = useUndo();
  const [undone, setUndone] = useState<"no" | "busy" | "yes">("no");
  const done = job.done ?? job.created + job.updated + job.unchanged + job.rejected;
  const share = job.rows > 0 ? Math.min(1, done / job.rows) : 0;
  const running = job.status === "running";
  const counts: [string, number][] = [["create", job.created], ["update", job.updated], ["unchanged", job.unchanged], ["reject", job.rejected]];
  return (
    <div className="scroll">
      <div className="mx-auto flex max-w-140 flex-col gap-5 px-5 py-8">
        <div className="flex items-center gap-3" aria-live="polite">
          {running ? null : job.status === "failed" ? <CircleX size={24} className="text-danger" aria-hidden /> : <CircleCheck size={24} className="text-success" aria-hidden />}
          <h2 className="text-16 font-semibold">{running ? t("import.running") : job.status === "failed" ? t("import.failed") : t("import.done", { count: job.created + job.updated, shown: formatNumber(job.created + job.updated), what: modelWord(object.plural_label) })}</h2>
        </div>
        {running ? (
          <div>
            <div role="progressbar" aria-label={t("import.running")} aria-valuenow={Math.round(share * 100)} aria-valuemin={0} aria-valuemax={100} className="h-2 overflow-hidden rounded-full bg-press">
              <div className="h-full bg-accent transition-[width] duration-300" style={{ width: `${share * 100}%` }} />
            </div>
            <p className="mt-2 text-12 text-text-2 tabular-nums">{t("import.progress", { done: formatNumber(done), rows: formatNumber(job.rows) })}</p>
          </div>
        ) : null}
        {job.error ? <p className="text-danger">{job.error}</p> : null}
        <dl className="grid grid-cols-4 overflow-hidden rounded-lg border border-line-strong max-[640px]:grid-cols-2">
          {counts.map(([kind, count]) => (
            <div key={kind} className="flex flex-col-reverse border-e border-line px-3 py-3 last:border-0">
              <dt className="text-12 text-text-2">{t(`import.kind.${kind}`)}</dt>
              <dd className="text-20 font-semibold tabular-nums">{formatNumber(count)}</dd>
            </div>
          ))}
        </dl>
        {running ? null : (
          <div className="flex flex-wrap gap-2">
            <Link to="/$object" params={{ object: object.name }} className="btn pri">
              {t("import.show", { what: modelWord(object.plural_label) })}
            </Link>
            {job.rejected > 0 && job.errors_url ? (
              <a className="btn" href={job.errors_url} download>
                <Download size={16} aria-hidden />
                {t("import.rejectedFile")}
              </a>
            ) : null}
            {job.change_set && undone !== "yes" ? (
              <Button
                icon={<Undo2 size={16} />}
                busy={undone === "busy"}
                onClick={() => {
                  setUndone("busy");
                  void undo(job.change_set ?? "").then(() => setUndone("yes"));
                }}
              >
                {t("import.undo")}
              </Button>
            ) : null}
          </div>
        )}
      </div>
    </div>
  );
}
