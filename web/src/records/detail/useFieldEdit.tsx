import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "~/api/types";
import { FieldValue } from "~/fields";
import { modelLabel } from "~/lib/i18n";
import type { FieldDef } from "~/metadata/model";
import { Button } from "~/ui/Button";
import { showToast } from "~/ui/Toasts";
import { lastEditor, useSave } from "./useSave";

export interface Conflict {
  fresh: RecordData;
  by: string | null;
}

/**
 * One value in edit, wherever it stands: what was typed stays until it is stored, a refusal stays beside it, and a value
 * that somebody else wrote meanwhile is shown before it is overwritten. `onSaved` also hears of an undo.
 */
export function useFieldEdit(object: string, field: FieldDef, record: RecordData, onSaved?: (record: RecordData) => void) {
  const { t } = useTranslation();
  const [seen] = useState(record); // what stood there at the start: others' changes must not move under the typing
  const before = seen[field.name] ?? null;
  const [value, setValue] = useState<unknown>(before);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const save = useSave(object);
  const undo = async (stored: RecordData) => {
    const back = await save(stored, { [field.name]: before }, true);
    if (back.kind === "saved") onSaved?.(back.record);
    else if (back.kind === "refused") showToast({ text: back.problem.detail || t("undo.failed"), failed: true });
  };
  /** True when it is stored. `force` writes over what somebody else wrote. */
  const submit = async (force = false): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setError(null);
    const outcome = await save(seen, { [field.name]: value }, force);
    setBusy(false);
    if (outcome.kind === "saved") {
      onSaved?.(outcome.record);
      showToast({ text: t("record.saved", { what: modelLabel(field.label) }), undo: () => void undo(outcome.record) });
      return true;
    }
    if (outcome.kind === "conflict") setConflict({ fresh: outcome.fresh, by: await lastEditor(outcome.fresh).catch(() => null) });
    else {
      const own = outcome.problem.errors.find((e) => e.field === field.name) ?? outcome.problem.errors[0];
      setError(own?.detail || outcome.problem.detail || t(outcome.problem.isOffline ? "state.error.offline" : "state.error.server"));
    }
    return false;
  };
  return { value, setValue, busy, error, conflict, changed: JSON.stringify(value ?? null) !== JSON.stringify(before), submit };
}

/** Both values, and the choice between them. */
export function ConflictChoice({ field, conflict, onKeep, onTake }: { field: FieldDef; conflict: Conflict; onKeep: () => void; onTake: (fresh: RecordData) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <p>{t("record.conflict", { who: conflict.by ?? t("record.someone"), what: modelLabel(field.label) })}</p>
      <p className="my-1 font-medium">
        <FieldValue field={field} value={conflict.fresh[field.name]} compact />
      </p>
      <span className="flex gap-2">
        <Button small onClick={onKeep}>
          {t("record.keepYours")}
        </Button>
        <Button small onClick={() => onTake(conflict.fresh)}>
          {t("record.takeTheirs")}
        </Button>
      </span>
    </>
  );
}
