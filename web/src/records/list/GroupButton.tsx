import { Group } from "lucide-react";
import { useTranslation } from "react-i18next";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, valueTypeOf, type ObjectDef } from "~/metadata/model";
import { choosable } from "~/metadata/layout";
import { Choose } from "~/ui/Input";
import { Field } from "~/ui/Field";
import { PopoverButton } from "~/ui/PopoverButton";
import { BUCKETS, canGroup, groupingOf } from "./groups";

/** The field whose values make the groups of a list. */
export function GroupButton({ object, group, onGroup }: { object: ObjectDef; group: string | undefined; onGroup: (group: string | undefined) => void }) {
  const { t } = useTranslation();
  const field = group ? fieldOf(object, group.split(":")[0] ?? "") : undefined;
  const by = groupingOf(group, field);
  const label = field && by ? modelLabel(field.label) : null;
  const options = choosable(object).filter(canGroup).map((one) => ({ value: one.name, label: modelLabel(one.label) }));
  const moment = field && ["date", "date_time"].includes(valueTypeOf(field));
  return (
    <PopoverButton
      label={t("list.group")}
      buttonClass="btn gho sm"
      placement="bottom end"
      button={
        <>
          <Group size={16} aria-hidden />
          <span className={label ? "sr-only" : undefined}>{t("list.group")}</span>
          {label ? <span className="max-w-32 truncate">{label}</span> : null}
        </>
      }
    >
      {() => (
        <div className="flex w-64 flex-col gap-3 p-3">
          <Field label={t("list.groupBy")}>{(ids) => <Choose {...ids} value={by?.field ?? ""} onValue={(name) => onGroup(name || undefined)} options={[{ value: "", label: t("list.groupNone") }, ...options]} />}</Field>
          {moment && by ? <Field label={t("list.bucket")}>{(ids) => <Choose {...ids} value={by.bucket ?? "month"} onValue={(bucket) => onGroup(`${by.field}:${bucket}`)} options={BUCKETS.map((one) => ({ value: one, label: t(`unit.${one}`, { count: 1 }) }))} />}</Field> : null}
        </div>
      )}
    </PopoverButton>
  );
}
