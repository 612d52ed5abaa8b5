import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { archiveRecord, createRecord, updateRecord } from "~/api/records";
import type { RecordData } from "~/api/types";
import { kitOf } from "~/fields";
import { isoDate } from "~/lib/dateInput";
import { fieldOf } from "~/metadata/model";
import { titleOf, useObject } from "~/metadata/registry";
import { linkTo } from "~/records/timeline/links";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { showToast } from "~/ui/Toasts";
import { plusDays } from "./questions";

/** The next step of an opportunity: written on it, and a task on the day it is due. */
export default function PlanStep({ deal, onClose }: { deal: RecordData; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const opportunity = useObject("opportunity");
  const task = useObject("task");
  const due = task && fieldOf(task, "due_on");
  const [step, setStep] = useState("");
  const [day, setDay] = useState<unknown>(isoDate(plusDays(new Date(), 1)));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  if (!opportunity || !due) return null;
  const DateInput = kitOf(due).Input;
  const refresh = () => client.invalidateQueries({ predicate: ({ queryKey: [kind] }) => ["list", "record", "timeline", "aggregate"].includes(String(kind)) });
  const save = async () => {
    if (!step.trim()) return;
    setBusy(true);
    setError(null);
    try {
      const made = await createRecord("task", { subject: step.trim(), due_on: day, kind: "follow_up", ...linkTo(opportunity, deal) });
      await updateRecord("opportunity", deal.id, "*", { next_step: step.trim() });
      await refresh();
      onClose();
      const back = () => Promise.all([archiveRecord("task", made.id), updateRecord("opportunity", deal.id, "*", { next_step: deal.next_step ?? null })]).then(refresh, () => showToast({ text: t("undo.failed"), failed: true }));
      showToast({ text: t("myday.planned", { what: step.trim() }), undo: () => void back() });
    } catch (thrown) {
      const problem = asApiError(thrown);
      setError(problem.errors.map((e) => e.detail).join(" ") || problem.detail || t(problem.isOffline ? "state.error.offline" : "state.error.server"));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t("myday.planTitle")}
      onClose={onClose}
      onSubmit={() => void save()}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" look="primary" busy={busy} disabled={!step.trim()}>
            {t("myday.planTitle")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="truncate text-text-2" dir="auto">
          {titleOf(opportunity, deal)}
        </p>
        {error ? <Note tone="dan">{error}</Note> : null}
        <Field label={t("myday.step")} required>
          {(ids) => <TextInput {...ids} autoFocus dir="auto" placeholder={t("myday.stepHint")} value={step} onValue={setStep} />}
        </Field>
        <Field label={t("timeline.due")}>{(ids) => <DateInput field={due} value={day} onChange={setDay} ids={ids} />}</Field>
      </div>
    </Dialog>
  );
}
