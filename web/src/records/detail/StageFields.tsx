import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "~/api/types";
import { isEmpty, kitOf } from "~/fields";
import { modelLabel } from "~/lib/i18n";
import type { ObjectDef } from "~/metadata/model";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { Note } from "~/ui/Note";
import { askedBy, type Stage } from "./stages";
import { useSave } from "./useSave";

/** What a stage needs is asked for when it is entered, together with the move. */
export default function StageFields({ object, record, stage, onClose }: { object: ObjectDef; record: RecordData; stage: Stage; onClose: (moved: RecordData | null) => void }) {
  const { t } = useTranslation();
  const save = useSave(object.name);
  const [fields] = useState(() => askedBy(object, record, stage));
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    const missing = fields.filter((field) => isEmpty(values[field.name]));
    if (missing.length) return setErrors(Object.fromEntries(missing.map((field) => [field.name, t("path.needed")])));
    setBusy(true);
    const outcome = await save(record, { ...values, stage: stage.id }, true);
    setBusy(false);
    if (outcome.kind === "saved") return onClose(outcome.record);
    if (outcome.kind === "refused") setErrors({ ...Object.fromEntries(outcome.problem.errors.map((e) => [e.field, e.detail])), ...(outcome.problem.errors.length ? {} : { form: outcome.problem.detail || t("state.error.server") }) });
  };
  return (
    <Dialog
      title={t("path.enter", { stage: stage.name })}
      onClose={() => onClose(null)}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button look="quiet" onClick={() => onClose(null)}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" look="primary" busy={busy}>
            {t("path.enter", { stage: stage.name })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {stage.guidance ? <p className="text-text-2">{stage.guidance}</p> : null}
        {errors.form ? <Note tone="dan">{errors.form}</Note> : null}
        {fields.map((field, index) => {
          const Input = kitOf(field).Input;
          return (
            <Field key={field.name} label={modelLabel(field.label)} required error={errors[field.name]} help={field.help}>
              {(ids) => <Input field={field} value={values[field.name] ?? null} onChange={(value) => setValues({ ...values, [field.name]: value })} ids={ids} autoFocus={index === 0} />}
            </Field>
          );
        })}
      </div>
    </Dialog>
  );
}
