import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { archiveRecord, createRecord } from "~/api/records";
import type { RecordData } from "~/api/types";
import { kitOf } from "~/fields";
import { isoDate } from "~/lib/dateInput";
import { freshKey } from "~/lib/ids";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, optionsOf, type ObjectDef } from "~/metadata/model";
import { useObject } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { Field } from "~/ui/Field";
import { Choose, TextArea, TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { showToast } from "~/ui/Toasts";
import { EMPTY, isReady, MADE_AS, valuesOf, type ComposerKind, type Draft } from "./activity";

const LENGTHS = ["15", "30", "45", "60", "90", "120", "240"];
/** Days from today that a task is usually due in. */
const USUAL_DAYS = [0, 1, 7] as const;

interface FormProps {
  kind: ComposerKind;
  on: { object: ObjectDef; record: RecordData } | null;
  start?: Partial<Draft>;
  onDone: (made: RecordData | null) => void;
  /** In a dialog the buttons stand at the same place, only larger. */
  roomy?: boolean;
}

/** Writes a note, a call, a meeting or a task. What was typed stays until it is stored. */
export function ActivityForm({ kind, on, start, onDone, roomy }: FormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const task = useObject("task");
  const [draft, setDraft] = useState<Draft>({ ...EMPTY, ...start });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  // One key for one entry: what is sent again after a lost answer is not written twice.
  const [key, setKey] = useState(freshKey);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("input,textarea")?.focus();
  }, [kind]);
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (!isReady(kind, draft)) return;
    setBusy(true);
    setError(null);
    const target = MADE_AS[kind];
    try {
      const made = await createRecord(target, valuesOf(kind, draft, on, { call: t("timeline.callSubject") }), key);
      const refresh = () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === "timeline" || (["list", "aggregate"].includes(String(queryKey[0])) && queryKey[1] === target) });
      await refresh();
      setDraft(EMPTY);
      setKey(freshKey());
      onDone(made);
      showToast({ text: t(`timeline.done.${kind}`), undo: () => void archiveRecord(target, made.id).then(refresh, () => showToast({ text: t("undo.failed"), failed: true })) });
    } catch (thrown) {
      const problem = asApiError(thrown);
      if (!problem.isOffline) setKey(freshKey());
      setError(problem.errors.map((e) => e.detail).join(" ") || problem.detail || t(problem.isOffline ? "state.error.offline" : "state.error.server"));
    } finally {
      setBusy(false);
    }
  };
  const due = task && fieldOf(task, "due_on");
  const kinds = task && fieldOf(task, "kind");
  const DateInput = due ? kitOf(due).Input : null;
  const day = (label: string, required = false) => (due && DateInput ? <span className="w-52 max-[640px]:w-full"><Field label={label} required={required}>{(ids) => <DateInput field={due} value={draft.day} onChange={(value) => set({ day: value })} ids={ids} />}</Field></span> : null);
  const inDays = (days: number) => {
    const date = new Date();
    date.setDate(date.getDate() + days);
    return isoDate(date);
  };
  const small = !roomy;
  return (
    <form ref={form} className={roomy ? "flex flex-col gap-4" : "flex flex-col gap-3 p-3"} onSubmit={(event) => void submit(event)}>
      {error ? <Note tone="dan">{error}</Note> : null}
      {kind !== "note" ? <TextInput aria-label={t("timeline.subject")} placeholder={t(`timeline.placeholder.${kind}`)} dir="auto" value={draft.subject} onValue={(subject) => set({ subject })} /> : null}
      {kind === "meeting" ? (
        <span className="flex flex-wrap items-start gap-3">
          {day(t("timeline.day"), true)}
          <span className="w-28">
            <Field label={t("timeline.time")} required>{(ids) => <TextInput {...ids} type="time" value={draft.time} onValue={(time) => set({ time })} />}</Field>
          </span>
          <span className="w-32">
            <Field label={t("timeline.length")}>{(ids) => <Choose {...ids} value={draft.minutes} onValue={(minutes) => set({ minutes })} options={LENGTHS.map((value) => ({ value, label: t("timeline.minutes", { count: Number(value) }) }))} />}</Field>
          </span>
          <span className="min-w-40 flex-1">
            <Field label={t("timeline.location")}>{(ids) => <TextInput {...ids} dir="auto" value={draft.location} onValue={(location) => set({ location })} />}</Field>
          </span>
        </span>
      ) : null}
      {kind === "note" || kind === "call" ? (
        <TextArea
          aria-label={t("timeline.text")}
          placeholder={t("timeline.notePlaceholder")}
          dir="auto"
          rows={3}
          value={draft.body}
          onValue={(body) => set({ body })}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
          }}
        />
      ) : null}
      <span className="flex flex-wrap items-end gap-3">
        {kind === "call" ? (
          <span className="w-44">
            <Choose aria-label={t("timeline.direction")} value={draft.direction} onValue={(direction) => set({ direction: direction as "in" | "out" })} options={[{ value: "out", label: t("timeline.out") }, { value: "in", label: t("timeline.in") }]} />
          </span>
        ) : null}
        {kind === "task" ? (
          <>
            {kinds ? (
              <span className="w-32">
                <Field label={modelLabel(kinds.label)}>{(ids) => <Choose {...ids} value={draft.taskKind} onValue={(taskKind) => set({ taskKind })} options={optionsOf(kinds).map((option) => ({ value: option.value, label: modelLabel(option.label) }))} />}</Field>
              </span>
            ) : null}
            {day(t("timeline.due"))}
            <span className="seg mb-0.5" role="group" aria-label={t("timeline.usualDays")}>
              {USUAL_DAYS.map((days) => (
                <button key={days} type="button" aria-pressed={draft.day === inDays(days)} onClick={() => set({ day: inDays(days) })}>
                  {t(`timeline.in.${days}`)}
                </button>
              ))}
            </span>
          </>
        ) : null}
        <span className="ms-auto flex gap-2">
          <Button small={small} look="quiet" onClick={() => onDone(null)}>
            {t("action.cancel")}
          </Button>
          <Button small={small} type="submit" look="primary" busy={busy} disabled={!isReady(kind, draft)}>
            {t(`timeline.save.${kind}`)}
          </Button>
        </span>
      </span>
    </form>
  );
}
