import { useState } from "react";
import { useTranslation } from "react-i18next";
import { kitOf } from "~/fields";
import { formatNumber } from "~/lib/format";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, isWritable, visibleFields, type ObjectDef } from "~/metadata/model";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { Choose } from "~/ui/Input";

/** One field, one value, for all that are selected. An empty value empties the field. */
export default function BulkEdit({ object, count, busy, onClose, onApply }: { object: ObjectDef; count: number; busy: boolean; onClose: () => void; onApply: (values: Record<string, unknown>) => void }) {
  const { t } = useTranslation();
  const fields = visibleFields(object).filter((field) => isWritable(field) && field.name !== object.title && field.name !== "external_id");
  const [name, setName] = useState(fields.find((field) => field.name === "owner")?.name ?? fields[0]?.name ?? "");
  const [value, setValue] = useState<unknown>(null);
  const field = fieldOf(object, name);
  if (!field) return null;
  const { Input } = kitOf(field);
  const title = t("bulk.editTitle", { count, shown: formatNumber(count) });
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={() => onApply({ [name]: value })}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" look="primary" busy={busy}>
            {t("bulk.apply", { count, shown: formatNumber(count) })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={t("bulk.field")}>
          {(ids) => (
            <Choose
              {...ids}
              value={name}
              onValue={(next) => {
                setName(next);
                setValue(null);
              }}
              options={fields.map((f) => ({ value: f.name, label: modelLabel(f.label) }))}
            />
          )}
        </Field>
        <Field label={t("bulk.value")} help={t("bulk.emptyHelp")}>
          {(ids) => <Input key={name} field={{ ...field, required: false }} value={value} onChange={setValue} ids={ids} />}
        </Field>
      </div>
    </Dialog>
  );
}
