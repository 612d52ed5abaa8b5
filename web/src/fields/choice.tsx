import { useTranslation } from "react-i18next";
import { modelLabel } from "~/lib/i18n";
import { optionsOf, type FieldDef } from "~/metadata/model";
import { Checkbox } from "~/ui/Checkbox";
import { Choose } from "~/ui/Input";
import { asText, isEmpty, type DisplayProps, type FieldKit, type InputProps } from "./kit";

export function labelOf(field: FieldDef, value: unknown): string {
  const option = optionsOf(field).find((o) => o.value === value);
  return option ? modelLabel(option.label) : asText(value);
}

function ChoiceDisplay({ field, value }: DisplayProps) {
  if (isEmpty(value)) return null;
  const text = labelOf(field, value);
  return (
    <span className="block truncate" title={text}>
      {text}
    </span>
  );
}

function ChoiceInput({ field, value, onChange, ids, autoFocus }: InputProps) {
  const { t } = useTranslation();
  const current = asText(value);
  const options = optionsOf(field).filter((o) => !o.archived || o.value === current);
  // A required choice without a value still starts empty, so that nobody saves the first option unseen.
  const none = field.required && current ? [] : [{ value: "", label: t("value.none") }];
  return <Choose {...ids} autoFocus={autoFocus} value={current} onValue={(text) => onChange(text === "" ? null : text)} options={[...none, ...options.map((o) => ({ value: o.value, label: modelLabel(o.label) }))]} />;
}

function ManyDisplay({ field, value, compact }: DisplayProps) {
  const values = Array.isArray(value) ? value : [];
  return (
    <span className={compact ? "flex gap-1 overflow-hidden" : "flex flex-wrap gap-1"}>
      {values.map((v) => (
        <span className="tag" key={asText(v)}>
          {labelOf(field, v)}
        </span>
      ))}
    </span>
  );
}

function ManyInput({ field, value, onChange, ids }: InputProps) {
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  return (
    <div role="group" aria-labelledby={ids["aria-labelledby"]} className="flex max-h-56 flex-col gap-1 overflow-auto rounded-md border border-control p-2">
      {optionsOf(field)
        .filter((o) => !o.archived || chosen.includes(o.value))
        .map((o) => (
          <Checkbox key={o.value} label={modelLabel(o.label)} checked={chosen.includes(o.value)} onChange={(on) => onChange(on ? [...chosen, o.value] : chosen.filter((v) => v !== o.value))} />
        ))}
    </div>
  );
}

export const choice: FieldKit = { Display: ChoiceDisplay, Input: ChoiceInput, text: (value, field) => labelOf(field, value), width: 120 };
export const multiChoice: FieldKit = { Display: ManyDisplay, Input: ManyInput, text: (value, field) => (Array.isArray(value) ? value.map((v) => labelOf(field, v)).join(", ") : ""), width: 200 };
