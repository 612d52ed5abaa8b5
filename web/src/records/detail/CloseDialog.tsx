import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import type { RecordData } from "~/api/types";
import { titleOf } from "~/metadata/registry";
import { fieldOf, type ObjectDef } from "~/metadata/model";
import { kitOf } from "~/fields";
import { modelLabel } from "~/lib/i18n";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { Note } from "~/ui/Note";
import { useClosure, type Outcome } from "./closure";

/** Lost asks for the reason; that answer is what the next quote learns from. */
export default function CloseDialog({ object, record, outcome, onClose }: { object: ObjectDef; record: RecordData; outcome: Outcome; onClose: (closed: boolean) => void }) {
  const { t } = useTranslation();
  const closure = useClosure(object);
  const field = fieldOf(object, "outcome_reason");
  const [reason, setReason] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ reason?: string; other?: string }>({});
  const submit = async () => {
    const text = typeof reason === "string" ? reason.trim() : "";
    if (outcome === "lost" && !text) return setError({ reason: t("closure.reasonNeeded") });
    setBusy(true);
    setError({});
    try {
      await closure(record, outcome, text || undefined);
      onClose(true);
    } catch (thrown) {
      const problem = asApiError(thrown);
      const own = problem.errors.find((e) => e.field === "reason" || e.field === "outcome_reason");
      setError(own ? { reason: own.detail } : { other: problem.errors.map((e) => e.detail).join(" ") || problem.detail || t("state.error.server") });
    } finally {
      setBusy(false);
    }
  };
  const Input = field ? kitOf(field).Input : null;
  return (
    <Dialog
      title={t(`closure.title.${outcome}`)}
      onClose={() => onClose(false)}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button look="quiet" onClick={() => onClose(false)}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" look="primary" busy={busy}>
            {t(`closure.title.${outcome}`)}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-text-2">{t(`closure.text.${outcome}`, { what: titleOf(object, record) })}</p>
        {error.other ? <Note tone="dan">{error.other}</Note> : null}
        {field && Input ? (
          <Field label={modelLabel(field.label)} required={outcome === "lost"} error={error.reason} help={t("closure.reasonHelp")}>
            {(ids) => <Input field={{ ...field, read_only: false }} value={reason} onChange={setReason} ids={ids} autoFocus />}
          </Field>
        ) : null}
      </div>
    </Dialog>
  );
}
