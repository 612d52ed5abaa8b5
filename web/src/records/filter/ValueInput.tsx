import { useTranslation } from "react-i18next";
import { kitOf } from "~/fields";
import { modelLabel } from "~/lib/i18n";
import { isMe, type Op, type Within, type WithinUnit } from "~/metadata/condition";
import { optionsOf, targetsOf, typeOf, valueTypeOf, type FieldDef } from "~/metadata/model";
import { Checkbox } from "~/ui/Checkbox";
import { Choose, TextInput } from "~/ui/Input";

/** The value of a comparison, by operator first and by field type second. */
export function ValueInput({ field, op, value, onChange, labelledBy }: { field: FieldDef; op: Op; value: unknown; onChange: (value: unknown) => void; labelledBy: string }) {
  const { t } = useTranslation();
  const type = valueTypeOf(field);
  const ids = { "aria-labelledby": labelledBy };
  // Filters compare text of any length with text: parts of a rich text or a phone are typed as one line.
  const plain: FieldDef = ["long_text", "rich_text", "autonumber", "formula"].includes(typeOf(field)) && typeof field.type === "object" && !("formula" in field.type) ? { ...field, type: { text: {} } } : field;
  const one: FieldDef = { ...plain, required: true, ...(typeOf(field) === "many_to_many" ? { type: { reference: { to: targetsOf(field)[0] ?? "*" } } } : {}) };
  const { Input } = kitOf(one);

  if (op === "within") return <WithinInput value={value as Within} onChange={onChange} moments={type === "date_time"} />;
  if (op === "between") {
    const [from, to] = Array.isArray(value) ? (value as unknown[]) : [null, null];
    return (
      <div className="flex flex-col gap-2">
        <Input field={one} value={from} onChange={(next) => onChange([next, to])} ids={ids} />
        <span className="help">{t("filter.and")}</span>
        <Input field={one} value={to} onChange={(next) => onChange([from, next])} ids={ids} />
      </div>
    );
  }
  if ((op === "in" || op === "not_in" || op === "contains") && optionsOf(field).length) return <OptionList field={field} single={op === "contains"} value={value} onChange={onChange} labelledBy={labelledBy} />;
  if (op === "in" || op === "not_in") {
    if (targetsOf(field).length) {
      const many: FieldDef = { ...field, type: { many_to_many: { to: targetsOf(field)[0] ?? "*" } } };
      const Many = kitOf(many).Input;
      return <Many field={many} value={value} onChange={onChange} ids={ids} />;
    }
    return <TextInput {...ids} value={Array.isArray(value) ? value.join(", ") : ""} placeholder={t("filter.listHelp")} onValue={(text) => onChange(text.split(",").map((part) => part.trim()).filter(Boolean))} />;
  }
  if (type === "boolean") return <Choose {...ids} value={value === false ? "no" : "yes"} onValue={(text) => onChange(text === "yes")} options={[{ value: "yes", label: t("value.yes") }, { value: "no", label: t("value.no") }]} />;
  if (type === "user") {
    return (
      <div className="flex flex-col gap-2">
        <Choose {...ids} value={isMe(value) ? "me" : "other"} onValue={(text) => onChange(text === "me" ? { me: true } : null)} options={[{ value: "me", label: t("filter.me") }, { value: "other", label: t("filter.someone") }]} />
        {isMe(value) ? null : <Input field={one} value={value} onChange={onChange} ids={ids} autoFocus />}
      </div>
    );
  }
  return <Input field={one} value={value} onChange={onChange} ids={ids} autoFocus />;
}

function OptionList({ field, single, value, onChange, labelledBy }: { field: FieldDef; single: boolean; value: unknown; onChange: (value: unknown) => void; labelledBy: string }) {
  const chosen = Array.isArray(value) ? (value as string[]) : typeof value === "string" ? [value] : [];
  const options = optionsOf(field);
  if (single) return <Choose aria-labelledby={labelledBy} value={chosen[0] ?? ""} onValue={onChange} options={[{ value: "", label: "…" }, ...options.map((o) => ({ value: o.value, label: modelLabel(o.label) }))]} />;
  return (
    <div role="group" aria-labelledby={labelledBy} className="flex max-h-64 flex-col overflow-auto">
      {options.map((option) => (
        <Checkbox key={option.value} label={modelLabel(option.label)} checked={chosen.includes(option.value)} onChange={(on) => onChange(on ? [...chosen, option.value] : chosen.filter((v) => v !== option.value))} />
      ))}
    </div>
  );
}

const DAYS: WithinUnit[] = ["day", "week", "month", "quarter", "year"];

function WithinInput({ value, onChange, moments }: { value: Within; onChange: (value: Within) => void; moments: boolean }) {
  const { t } = useTranslation();
  const way = value.last !== undefined ? "last" : value.next !== undefined ? "next" : "this";
  const count = Number(value.last ?? value.next ?? 1) || 1;
  const units = moments ? [...DAYS, "hour" as const] : DAYS;
  const build = (nextWay: string, nextCount: number, unit: WithinUnit): Within => (nextWay === "this" ? { this: 1, unit: unit === "hour" ? "day" : unit } : { [nextWay]: Math.max(1, Math.min(10_000, nextCount)), unit });
  return (
    <div className="grid grid-cols-[1fr_72px_1fr] gap-2">
      <Choose aria-label={t("within.way")} value={way} onValue={(next) => onChange(build(next, count, value.unit))} options={["last", "this", "next"].map((w) => ({ value: w, label: t(`within.${w}`) }))} />
      <TextInput aria-label={t("within.count")} inputMode="numeric" disabled={way === "this"} value={way === "this" ? "" : String(count)} onValue={(text) => onChange(build(way, Number(text.replace(/\D/g, "")) || 1, value.unit))} />
      <Choose aria-label={t("within.unit")} value={value.unit} onValue={(unit) => onChange(build(way, count, unit as WithinUnit))} options={units.map((u) => ({ value: u, label: t(`unit.${u}`, { count: way === "this" ? 1 : count }) }))} />
    </div>
  );
}
