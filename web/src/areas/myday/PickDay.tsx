import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "~/api/types";
import { kitOf } from "~/fields";
import { fieldOf } from "~/metadata/model";
import { useObject } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";

/** A day of one's own choice for a task. */
export default function PickDay({ task, onPick, onClose }: { task: RecordData; onPick: (day: string | null) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const object = useObject("task");
  const due = object && fieldOf(object, "due_on");
  const [day, setDay] = useState<unknown>(task.due_on ?? null);
  if (!due) return null;
  const DateInput = kitOf(due).Input;
  const isDay = day === null || (typeof day === "string" && /^\d{4}-\d{2}-\d{2}$/.test(day));
  return (
    <Dialog
      title={t("myday.putOffTo")}
      onClose={onClose}
      onSubmit={() => isDay && onPick(day as string | null)}
      footer={
        <Button type="submit" look="primary" disabled={!isDay}>
          {t("myday.move")}
        </Button>
      }
    >
      <Field label={t("timeline.due")}>{(ids) => <DateInput field={due} value={day} onChange={setDay} ids={ids} autoFocus />}</Field>
    </Dialog>
  );
}
