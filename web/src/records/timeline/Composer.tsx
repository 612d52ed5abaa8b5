import { useQueryClient } from "@tanstack/react-query";
import { CircleCheck, Phone, StickyNote } from "lucide-react";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { archiveRecord, createRecord } from "~/api/records";
import type { RecordData } from "~/api/types";
import { kitOf } from "~/fields";
import { cx } from "~/lib/cx";
import { useKeys } from "~/lib/keyboard";
import { fieldOf, type ObjectDef } from "~/metadata/model";
import { useCan, useObject } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { Field } from "~/ui/Field";
import { Choose, TextArea, TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { showToast } from "~/ui/Toasts";
import { linkTo } from "./links";

export type ComposerKind = "note" | "call" | "task";
const KINDS: { kind: ComposerKind; object: string; key: string; Icon: typeof Phone }[] = [
  { kind: "note", object: "note", key: "N", Icon: StickyNote },
  { kind: "call", object: "interaction", key: "L", Icon: Phone },
  { kind: "task", object: "task", key: "T", Icon: CircleCheck },
];

interface Draft {
  subject: string;
  body: string;
  direction: "out" | "in";
  due: unknown;
}
const EMPTY: Draft = { subject: "", body: "", direction: "out", due: null };

/** Write what happened, where one reads what happened before. */
export function Composer({ object, record, kind, onKind }: { object: ObjectDef; record: RecordData; kind: ComposerKind | null; onKind: (kind: ComposerKind | null) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const may: Record<ComposerKind, boolean> = { note: useCan("note").create, call: useCan("interaction").create, task: useCan("task").create };
  const shown = KINDS.filter(({ kind: one }) => may[one]);
  const task = useObject("task");
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  useKeys({
    n: (event) => may.note && (event.preventDefault(), onKind("note")),
    l: (event) => may.call && (event.preventDefault(), onKind("call")),
    t: (event) => may.task && (event.preventDefault(), onKind("task")),
  });
  useEffect(() => {
    if (kind) form.current?.querySelector<HTMLElement>("input,textarea")?.focus();
  }, [kind]);
  if (shown.length === 0) return null;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!kind) return;
    setBusy(true);
    setError(null);
    const links = linkTo(object, record);
    const target = kind === "call" ? "interaction" : kind;
    const values =
      kind === "note"
        ? { body: draft.body, about: { object: object.name, id: record.id } }
        : kind === "call"
          ? { kind: "call", channel: "phone", direction: draft.direction, at: new Date().toISOString(), subject: draft.subject || t("timeline.callSubject"), body: draft.body || null, ...links }
          : { subject: draft.subject, due_on: draft.due, ...links };
    try {
      const made = await createRecord(target, values);
      const refresh = () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === "timeline" || (queryKey[0] === "list" && queryKey[1] === target) });
      await refresh();
      setDraft(EMPTY);
      onKind(null);
      showToast({ text: t(`timeline.done.${kind}`), undo: () => void archiveRecord(target, made.id).then(refresh, () => showToast({ text: t("undo.failed"), failed: true })) });
    } catch (thrown) {
      const problem = asApiError(thrown);
      setError(problem.errors.map((e) => e.detail).join(" ") || problem.detail || t(problem.isOffline ? "state.error.offline" : "state.error.server"));
    } finally {
      setBusy(false);
    }
  };
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const due = task && fieldOf(task, "due_on");
  const DateInput = due ? kitOf(due).Input : null;
  const ready = kind === "note" ? draft.body.trim() !== "" : kind === "task" ? draft.subject.trim() !== "" : true;
  return (
    <section className="composer" aria-label={t("timeline.write")}>
      <div className="composer-tabs">
        {shown.map(({ kind: one, key, Icon }) => (
          <button key={one} type="button" aria-pressed={kind === one} className={cx("tab", kind === one && "on")} aria-expanded={kind === one} onClick={() => onKind(kind === one ? null : one)}>
            <Icon size={16} aria-hidden />
            {t(`timeline.${one}`)}
            <kbd className="kbd no-phone" aria-hidden>
              {key}
            </kbd>
          </button>
        ))}
      </div>
      {kind ? (
        <form ref={form} className="flex flex-col gap-3 p-3" onSubmit={(event) => void submit(event)}>
          {error ? <Note tone="dan">{error}</Note> : null}
          {kind !== "note" ? <TextInput aria-label={t("timeline.subject")} placeholder={t(kind === "task" ? "timeline.taskPlaceholder" : "timeline.callPlaceholder")} dir="auto" value={draft.subject} onValue={(subject) => set({ subject })} /> : null}
          {kind !== "task" ? (
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
            {kind === "task" && due && DateInput ? (
              <span className="w-60">
                <Field label={t("timeline.due")}>{(ids) => <DateInput field={due} value={draft.due} onChange={(value) => set({ due: value })} ids={ids} />}</Field>
              </span>
            ) : null}
            <span className="ms-auto flex gap-2">
              <Button small look="quiet" onClick={() => onKind(null)}>
                {t("action.cancel")}
              </Button>
              <Button small type="submit" look="primary" busy={busy} disabled={!ready}>
                {t(`timeline.save.${kind}`)}
              </Button>
            </span>
          </span>
        </form>
      ) : null}
    </section>
  );
}
