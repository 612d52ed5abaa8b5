import { useQueryClient } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { runImport, saveMapping, type ImportColumn, type ImportJob, type ImportMapping } from "~/api/imports";
import { asApiError } from "~/api/problem";
import { cx } from "~/lib/cx";
import { formatNumber } from "~/lib/format";
import { modelLabel, t } from "~/lib/i18n";
import { fieldOf, isComputed, singleTarget, typeOf, visibleFields, type ObjectDef } from "~/metadata/model";
import { useObjects } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { Choose } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { Confidence } from "./Confidence";
import { DryRun } from "./DryRun";
import { answersFor, mappingOf, type Answers, type Targets } from "./mapping";

const PAST = ["created_at", "created_by", "updated_at", "closed_at"];

/** Where each column goes, with samples; then a dry run shows what would change before anything does. */
export function MappingStep({ job, object }: { job: ImportJob; object: ObjectDef }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const columns = job.columns ?? [];
  const [targets, setTargets] = useState<Targets>(() => Object.fromEntries(columns.map((column) => [column.header, column.target ?? ""])));
  const [answers, setAnswers] = useState<Answers>({});
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState<"check" | "run" | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [stale, setStale] = useState(false);
  const options = useTargetOptions(object);
  const change = (action: () => void) => {
    action();
    setStale(true);
  };
  const go = async (dryRun: boolean) => {
    setBusy(dryRun ? "check" : "run");
    setError(null);
    try {
      const mapping: ImportMapping = mappingOf(columns, targets, answers, key);
      await saveMapping(job.id, mapping);
      await runImport(job.id, dryRun);
      setStale(false);
      await client.invalidateQueries({ queryKey: ["import", job.id] });
    } catch (thrown) {
      const problem = asApiError(thrown);
      setError(problem.errors.map((e) => e.detail).join(" ") || problem.detail || t("state.error.server"));
    } finally {
      setBusy(null);
    }
  };
  const open = columns.flatMap((column) => (targets[column.header] ? (column.questions ?? []).filter((question) => answersFor(answers, column.header)[question.kind] === undefined && question.answers.length > 0) : []));
  const checked = Boolean(job.dry_run) && !stale;
  const checking = busy === "check" || (job.status === "running" && Boolean(job.dry_run));
  const keys = Object.values(targets).filter((target) => target && !target.includes("."));
  return (
    <div className="flex min-h-0 flex-1 max-[900px]:flex-col max-[900px]:overflow-auto">
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex min-h-11 flex-wrap items-center gap-3 px-5 py-2">
          <span className="font-semibold">{t("import.size", { columns: columns.length, rows: formatNumber(job.rows) })}</span>
          <label className="ms-auto flex items-center gap-2 text-12 text-text-2">
            {t("import.key")}
            <Choose className="!w-52" value={key} onValue={(value) => change(() => setKey(value))} options={[{ value: "", label: t("import.noKey") }, ...keys.map((name) => ({ value: name, label: modelLabel(fieldOf(object, name)?.label ?? name) }))]} />
          </label>
        </div>
        {error ? (
          <div className="px-5 pb-2">
            <Note tone="dan">{error}</Note>
          </div>
        ) : null}
        <div className="scroll min-h-40 border-t border-line">
          <table className="w-full border-collapse text-start">
            <thead>
              <tr className="sticky top-0 z-1 bg-surface text-12 text-text-3 shadow-[0_1px_0_var(--c-line)]">
                <th scope="col" className="h-8 ps-5 text-start font-medium">{t("import.column")}</th>
                <th scope="col" className="px-3 text-start font-medium">{t("import.samples")}</th>
                <th aria-hidden className="no-phone w-6" />
                <th scope="col" className="px-3 text-start font-medium">{t("import.goesTo")}</th>
                <th scope="col" className="px-3 pe-5 text-start font-medium">{t("import.match")}</th>
              </tr>
            </thead>
            <tbody>
              {columns.map((column) => (
                <MappingRow key={column.header} column={column} target={targets[column.header] ?? ""} options={options} answers={answersFor(answers, column.header)} onTarget={(target) => change(() => setTargets({ ...targets, [column.header]: target }))} onAnswer={(kind, value) => change(() => setAnswers({ ...answers, [column.header]: { ...answersFor(answers, column.header), [kind]: value } }))} />
              ))}
            </tbody>
          </table>
        </div>
        <footer className="flex min-h-14 shrink-0 flex-wrap items-center justify-end gap-3 border-t border-line px-5 py-2">
          {open.length > 0 ? <span className="text-12 text-warning">{t("import.toDecide", { count: open.length })}</span> : null}
          <Button look={checked ? "default" : "primary"} busy={checking} disabled={keys.length === 0} onClick={() => void go(true)}>
            {t(checked ? "import.checkAgain" : "import.check", { count: job.rows, shown: formatNumber(job.rows) })}
          </Button>
          {checked && !checking ? (
            <Button look="primary" busy={busy === "run"} disabled={job.created + job.updated === 0} onClick={() => void go(false)}>
              {t("import.run", { count: job.created + job.updated, shown: formatNumber(job.created + job.updated) })}
            </Button>
          ) : null}
        </footer>
      </div>
      <DryRun job={job} object={object} shown={checked && !checking} />
    </div>
  );
}

const answerText = (value: string): string => t(`import.answer.${value}`, { defaultValue: value });

function MappingRow({ column, target, options, answers, onTarget, onAnswer }: { column: ImportColumn; target: string; options: { value: string; label: string }[]; answers: Record<string, string>; onTarget: (target: string) => void; onAnswer: (kind: string, value: string) => void }) {
  const { t } = useTranslation();
  const questions = target ? (column.questions ?? []) : [];
  const undecided = questions.some((question) => question.answers.length > 0 && answers[question.kind] === undefined);
  const known = target === "" || options.some((option) => option.value === target) ? options : [{ value: target, label: target }, ...options];
  return (
    <tr className={cx("border-b border-line align-top", undecided && "bg-[color-mix(in_srgb,var(--c-warning-soft)_60%,var(--c-surface))]")}>
      <th scope="row" className="max-w-48 py-3 ps-5 text-start font-medium break-words">
        {column.header}
      </th>
      <td className="max-w-56 px-3 py-2 text-12">
        {column.samples.slice(0, 3).map((sample, index) => (
          <span key={index} className="block truncate" dir="auto" title={sample}>
            {sample || <span className="text-text-3">{t("import.emptyCell")}</span>}
          </span>
        ))}
      </td>
      <td className="no-phone pt-4 text-text-3" aria-hidden>
        <ArrowRight size={14} />
      </td>
      <td className="px-3 py-2">
        <Choose aria-label={t("import.targetOf", { what: column.header })} className={cx("min-w-44", target === "" && "border-dashed text-text-2")} value={target} onValue={onTarget} options={[{ value: "", label: t("import.leaveOut") }, ...known]} />
      </td>
      <td className="px-3 py-3 pe-5 text-12">
        {target ? <Confidence value={target === column.target ? column.confidence : "chosen"} /> : null}
        {column.why ? <span className="mt-1 block text-text-2">{column.why}</span> : null}
        {questions.map((question) => (
          <label key={question.kind} className="mt-1 flex flex-col gap-1">
            <span>{question.detail ?? t(`import.question.${question.kind}`, { defaultValue: question.kind })}</span>
            {question.answers.length ? (
              <Choose value={answers[question.kind] ?? ""} onValue={(value) => onAnswer(question.kind, value)} options={[{ value: "", label: question.assumed ? t("import.assumed", { what: answerText(question.assumed) }) : t("import.choosePlease"), disabled: true }, ...question.answers.map((value) => ({ value, label: answerText(value) }))]} />
            ) : null}
          </label>
        ))}
      </td>
    </tr>
  );
}

function useTargetOptions(object: ObjectDef): { value: string; label: string }[] {
  const objects = useObjects();
  return visibleFields(object)
    .filter((field) => !isComputed(field) && !["id", "version", "archived_at", "updated_by"].includes(field.name) && (!field.read_only || PAST.includes(field.name)))
    .flatMap((field) => {
      const own = { value: field.name, label: modelLabel(field.label) };
      const target = typeOf(field) === "reference" ? objects.find((o) => o.name === singleTarget(field)) : undefined;
      if (!target) return [own];
      const by = [target.title, "external_id"].map((name) => fieldOf(target, name)).filter((f) => f !== undefined);
      return [own, ...by.map((f) => ({ value: `${field.name}.${f.name}`, label: `${modelLabel(field.label)} › ${modelLabel(f.label)}` }))];
    });
}
