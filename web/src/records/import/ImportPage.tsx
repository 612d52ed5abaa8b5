import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Check, FileUp, LoaderCircle } from "lucide-react";
import { useRef, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";
import { importQuery, upload, wasTried } from "~/api/imports";
import { asApiError } from "~/api/problem";
import { rightsQuery } from "~/api/session";
import { cx } from "~/lib/cx";
import { modelLabel } from "~/lib/i18n";
import { useObject, useObjects } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { Field } from "~/ui/Field";
import { Choose } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { ErrorState } from "~/ui/States";
import { MappingStep } from "./MappingStep";
import { ResultStep } from "./ResultStep";

const ACCEPTED = ".csv,.tsv,.txt,.xlsx,.jsonl,.ndjson,.vcf";
const USUAL = ["contact", "account", "lead", "opportunity", "product", "order", "case"];

/** First step: what it is and the file. Nothing is written before the last step. */
export function ImportStart() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const asked = (useSearch({ strict: false }) as { object?: string }).object;
  const objects = useObjects();
  const rights = useQuery(rightsQuery).data;
  const input = useRef<HTMLInputElement>(null);
  // Colleagues come by a file too: an organisation begins with its list of staff.
  const creatable = objects.filter((object) => rights?.objects[object.name]?.create && (!object.system || object.name === "user") && !object.archived);
  const place = (name: string) => (USUAL.includes(name) ? USUAL.indexOf(name) : USUAL.length);
  const sorted = [...creatable].sort((a, b) => place(a.name) - place(b.name) || a.plural_label.localeCompare(b.plural_label));
  const [chosen, setChosen] = useState<string | null>(asked ?? null);
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const object = chosen ?? sorted[0]?.name ?? "contact";
  const send = async (file: File | undefined) => {
    if (!file) return;
    setBusy(true);
    setError(null);
    try {
      const job = await upload(file, object);
      void navigate({ to: "/imports/$importId", params: { importId: job.id } });
    } catch (thrown) {
      const problem = asApiError(thrown);
      setError(problem.errors.map((e) => e.detail).join(" ") || problem.detail || t(problem.isOffline ? "state.error.offline" : "state.error.server"));
    } finally {
      setBusy(false);
      if (input.current) input.current.value = "";
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void send(event.dataTransfer.files[0]);
  };
  return (
    <>
      <header className="top">
        <h1>{t("import.title")}</h1>
        <Steps current={0} />
      </header>
      <div className="scroll">
        <div className="mx-auto flex max-w-140 flex-col gap-5 px-5 py-8">
          {error ? <Note tone="dan">{error}</Note> : null}
          <Field label={t("import.what")}>{(ids) => <Choose {...ids} value={object} onValue={setChosen} options={sorted.map((o) => ({ value: o.name, label: modelLabel(o.plural_label) }))} />}</Field>
          <div className={cx("flex flex-col items-center gap-3 rounded-lg border border-dashed border-control p-8 text-center", over && "bg-accent-soft")} onDragOver={(event) => (event.preventDefault(), setOver(true))} onDragLeave={() => setOver(false)} onDrop={drop} role="group" aria-label={t("import.file")}>
            <FileUp size={24} className="text-text-3" aria-hidden />
            <p className="text-text-2">{t("import.dropHere")}</p>
            <input ref={input} type="file" accept={ACCEPTED} className="sr-only" tabIndex={-1} aria-label={t("import.file")} onChange={(event) => void send(event.target.files?.[0])} />
            <Button look="primary" busy={busy} onClick={() => input.current?.click()}>
              {t("import.choose")}
            </Button>
            <p className="help">{t("import.formats")}</p>
          </div>
          <Note>
            {t("import.safe")}
          </Note>
        </div>
      </div>
    </>
  );
}

export function ImportRun() {
  const { t } = useTranslation();
  const { importId = "" } = useParams({ strict: false });
  const job = useQuery(importQuery(importId));
  const object = useObject(job.data?.object);
  if (job.isError) return <ErrorState page error={asApiError(job.error)} title={t("import.lost")} retry={() => void job.refetch()} />;
  if (!job.data || !object) return null;
  const finished = (job.data.status === "done" || job.data.status === "failed") && !job.data.dry_run;
  const running = job.data.status === "running";
  const step = finished ? 4 : running && !job.data.dry_run ? 3 : wasTried(job.data) ? 2 : 1;
  // The file is being read and tried: its columns are not known yet.
  if (running && job.data.dry_run && !job.data.columns) {
    return (
      <>
        <header className="top">
          <h1 className="truncate">{job.data.file ?? t("import.title")}</h1>
          <Steps current={0} />
        </header>
        <p className="flex flex-1 items-center justify-center gap-2 text-text-2" role="status">
          <LoaderCircle size={16} className="spin" aria-hidden />
          {t("import.reading")}
        </p>
      </>
    );
  }
  return (
    <>
      <header className="top">
        <nav className="crumb" aria-label={t("record.breadcrumb")}>
          <Link to="/imports" search={{ object: object.name }}>
            {t("import.title")}
          </Link>
          <span aria-hidden>›</span>
          <h1 className="truncate text-text">{job.data.file ?? modelLabel(object.plural_label)}</h1>
        </nav>
        <Steps current={step} />
      </header>
      {finished || (running && !job.data.dry_run) ? <ResultStep job={job.data} object={object} /> : <MappingStep key={job.data.id} job={job.data} object={object} />}
    </>
  );
}

function Steps({ current }: { current: number }) {
  const { t } = useTranslation();
  return (
    <ol className="no-phone ms-auto flex items-center gap-4 text-12" aria-label={t("import.steps")}>
      {["file", "columns", "check", "import"].map((step, index) => (
        <li key={step} className={cx("flex items-center gap-1.5", index === current ? "font-semibold text-text" : "text-text-3")} aria-current={index === current ? "step" : undefined}>
          <span className={cx("flex size-5 items-center justify-center rounded-full border text-11 font-medium", index < current ? "border-accent-text text-accent-text" : index === current ? "border-transparent bg-accent text-on-accent" : "border-line-strong")}>{index < current ? <Check size={12} aria-hidden /> : index + 1}</span>
          {t(`import.step.${step}`)}
        </li>
      ))}
    </ol>
  );
}
