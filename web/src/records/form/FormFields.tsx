import type { FieldError } from "~/api/problem";
import { kitOf } from "~/fields";
import { cx } from "~/lib/cx";
import { modelLabel } from "~/lib/i18n";
import { typeOf, type FieldDef } from "~/metadata/model";
import { Field } from "~/ui/Field";

const WIDE = ["long_text", "rich_text", "address", "person_name", "multi_choice", "many_to_many"];

/** Two columns of fields, one on a phone; long ones take both. */
export function FormFields({ fields, values, errors, onChange, focusFirst }: { fields: FieldDef[]; values: Record<string, unknown>; errors: FieldError[]; onChange: (field: string, value: unknown) => void; focusFirst?: boolean }) {
  return (
    <div className="grid grid-cols-2 gap-x-4 gap-y-[var(--field-gap)] max-[640px]:grid-cols-1">
      {fields.map((field, index) => {
        const { Input } = kitOf(field);
        const error = errors.find((e) => e.field === field.name || e.field.startsWith(`${field.name}.`));
        return (
          <div key={field.name} className={cx("min-w-0", WIDE.includes(typeOf(field)) && "col-span-full")}>
            <Field label={modelLabel(field.label)} required={field.required} help={field.help} error={error?.detail}>
              {(ids) => <Input field={field} value={values[field.name]} onChange={(value) => onChange(field.name, value)} ids={ids} autoFocus={focusFirst && index === 0} />}
            </Field>
          </div>
        );
      })}
    </div>
  );
}
