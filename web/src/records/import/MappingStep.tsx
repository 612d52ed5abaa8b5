import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { importQuery, runImport, saveMapping, wasTried, type ImportJob } from "~/api/imports";
import { asApiError } from "~/api/problem";
import { formatNumber } from "~/lib/format";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, type ObjectDef } from "~/metadata/model";
import { Button } from "~/ui/Button";
import { Choose } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { DryRun } from "./DryRun";
import { MappingRow, questionsOf } from "./MappingRow";
import { AUTO, FRESH, goesTo, isSpecial, mappingOf, spoken, unfinished, wayOf, type Way } from "./mapping";
import { neededFields, suggestedTemplate } from "./needed";
import { importable } from "./targets";
import { useWays } from "./useWays";

const LOOK_AGAIN_MS = 500;
const LONGEST_TRIAL_MS = 15 * 60_000;

/** Waits until the trial that was just asked for has its figures. */
async function trialOver(client: QueryClient, before: ImportJob): Promise<void> {
  const started = Date.now();
  while (Date.now() - started < LONGEST_TRIAL_MS) {
    const now = await client.fetchQuery({ ...importQuery(before.id), staleTime: 0 });
    // Its rows are there, or what is wrong with the mapping.
    if (now.status === "failed" || (now.status === "mapping" && (now.error || now.preview))) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** Where each column goes, with samples; then a dry run shows what would change before anything does. */
export function MappingStep({ job, object }: { job: ImportJob; object: ObjectDef }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const columns = job.columns ?? [];
  const columnOf = (header: string | null) => columns.find((column) => column.header === header);
  const { ways, key, change: keep } = useWays(job.id, columns);
  const [busy, setBusy] = useState<"check" | "run" | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [stale, setStale] = useState(false);
  const fields = importable(object);
  const change = (next: { ways?: Way[]; key?: string }) => {
    keep(next);
    setStale(true);
  };
  const changeWay = (way: Way, part: Partial<Way>) => change({ ways: ways.map((other) => (other.id === way.id ? { ...other, ...part } : other)) });
  const go = async (dryRun: boolean) => {
    setBusy(dryRun ? "check" : "run");
    setError(null);
    try {
      // What was tried is what is imported: the mapping is not sent a second time.
      if (dryRun) await saveMapping(job.id, mappingOf(ways, key));
      await runImport(job.id, dryRun);
      setStale(false);
      await client.invalidateQueries({ queryKey: ["import", job.id] });
      if (dryRun) await trialOver(client, job);
    } catch (thrown) {
      const problem = asApiError(thrown);
      setError(problem.errors.map((e) => e.detail).join(" ") || problem.detail || t(problem.isOffline ? "state.error.offline" : "state.error.server"));
    } finally {
      setBusy(null);
    }
  };
  const open = ways.reduce((sum, way) => sum + questionsOf(columnOf(way.header), way).filter((question) => way.answers[question.kind] === undefined).length, 0);
  const special = ways.some((way) => way.target === AUTO && ["full_name", "email"].includes(columnOf(way.header)?.meaning?.as ?? ""));
  const needed = neededFields(object, ways, special);
  const halfDone = ways.some(unfinished);
  const checked = wasTried(job) && !stale;
  const checking = busy === "check" || (job.status === "running" && Boolean(job.dry_run));
  const going = ways.filter((way) => way.target !== "");
  const keys = [...new Set(going.filter((way) => way.target !== AUTO && way.target !== FRESH).map(goesTo)), ...(columns.some((column) => isSpecial(column) && column.meaning?.as === "email") ? ["email"] : [])];
  const place = (way: Way): number => columns.findIndex((column) => column.header === way.header);
  const sorted = [...ways].sort((a, b) => (a.header === null ? -1 : place(a)) - (b.header === null ? -1 : place(b)));
  return (
    <div className="flex min-h-0 flex-1 max-[900px]:flex-col max-[900px]:overflow-auto">
      <div className="flex min-w-0 flex-1 flex-col max-[900px]:flex-none">
        <div className="flex min-h-11 flex-wrap items-center gap-3 px-5 py-2">
          <span className="font-semibold">{t("import.size", { columns: columns.length, rows: formatNumber(job.rows) })}</span>
          <label className="ms-auto flex items-center gap-2 text-12 text-text-2">
            {t("import.key")}
            <Choose className="!w-52" value={key} onValue={(value) => change({ key: value })} options={[{ value: "", label: t("import.noKey") }, ...keys.map((name) => ({ value: name, label: modelLabel(fieldOf(object, name)?.label ?? name) }))]} />
          </label>
        </div>
        {error || job.error ? (
          <div className="px-5 pb-2">
            <Note tone="dan">{error ?? job.error}</Note>
          </div>
        ) : null}
        {needed.map((field) => (
          <div key={field.name} className="px-5 pb-2">
            <Note tone="war">
              <span className="flex flex-wrap items-center gap-3">
                <span>{t("import.needed", { what: modelLabel(field.label) })}</span>
                <Button small icon={<Plus size={14} />} onClick={() => change({ ways: [...ways, wayOf(null, { target: field.name, template: suggestedTemplate(object, ways) })] })}>
                  {t("import.buildIt")}
                </Button>
              </span>
            </Note>
          </div>
        ))}
        <div className="scroll min-h-40 border-t border-line max-[900px]:overflow-x-auto">
          <table className="w-full border-collapse text-start">
            <thead>
              <tr className="sticky top-0 z-1 bg-surface text-12 text-text-3 shadow-[0_1px_0_var(--c-line)]">
                <th scope="col" className="h-8 ps-5 text-start font-medium">{t("import.column")}</th>
                <th scope="col" className="px-3 text-start font-medium">{t("import.samples")}</th>
                <th aria-hidden className="no-phone w-6" />
                <th scope="col" className="px-3 text-start font-medium">{t("import.goesTo")}</th>
                <th scope="col" className="px-3 text-start font-medium">{t("import.match")}</th>
                <th scope="col" className="w-12"><span className="sr-only">{t("action.moreActions")}</span></th>
              </tr>
            </thead>
            <tbody>
              {sorted.map((way, index) => (
                <MappingRow
                  key={way.id}
                  column={columnOf(way.header)}
                  way={way}
                  object={object}
                  fields={fields}
                  second={way.header !== null && sorted[index - 1]?.header === way.header}
                  onChange={(part) => changeWay(way, part)}
                  onAgain={() => change({ ways: [...ways, wayOf(way.header, { fresh: { label: spoken(way.header ?? ""), type: "text" } })] })}
                  onRemove={() => change({ ways: ways.filter((other) => other.id !== way.id) })}
                />
              ))}
            </tbody>
          </table>
        </div>
        <footer className="flex min-h-14 shrink-0 flex-wrap items-center justify-end gap-3 border-t border-line px-5 py-2">
          {open > 0 ? <span className="text-12 text-warning">{t("import.toDecide", { count: open })}</span> : null}
          <Button look={checked ? "default" : "primary"} busy={checking} disabled={going.length === 0 || halfDone} onClick={() => void go(true)}>
            {t(checked ? "import.checkAgain" : "import.check", { count: job.rows, shown: formatNumber(job.rows) })}
          </Button>
          {checked && !checking ? (
            <Button look="primary" busy={busy === "run"} disabled={job.created + job.updated === 0} onClick={() => void go(false)}>
              {t("import.run", { count: job.created + job.updated, shown: formatNumber(job.created + job.updated) })}
            </Button>
          ) : null}
        </footer>
      </div>
      <DryRun job={job} object={object} ways={ways} shown={wasTried(job) && !checking} stale={stale} onWay={changeWay} />
    </div>
  );
}
