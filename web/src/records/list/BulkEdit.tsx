import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { aggregateQuery } from "~/api/records";
import { kitOf } from "~/fields";
import { formatNumber } from "~/lib/format";
import { modelLabel } from "~/lib/i18n";
import type { Condition } from "~/metadata/condition";
import { fieldOf, isWritable, valueTypeOf, visibleFields, type FieldDef, type ObjectDef } from "~/metadata/model";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { Choose } from "~/ui/Input";
import { GroupValue } from "./GroupRow";
import { canGroup } from "./groups";

const SHOWN_VALUES = 5;

/** One field, one value, for all that are selected, after a look at what they have now. An empty value empties the field. */
export default function BulkEdit({ object, start, filter, archived, count, busy, progress, onClose, onApply }: { object: ObjectDef; start: string; filter: Condition | undefined; archived?: "include" | "only"; count: number; busy: boolean; progress: string | null; onClose: () => void; onApply: (values: Record<string, unknown>) => void }) {
  const { t } = useTranslation();
  const fields = visibleFields(object).filter((field) => isWritable(field) && field.name !== object.title && field.name !== "external_id");
  const [name, setName] = useState(start || (fields.find((field) => !field.base)?.name ?? fields[0]?.name ?? ""));
  const [value, setValue] = useState<unknown>(null);
  const field = fieldOf(object, name);
  if (!field) return null;
  const { Input } = kitOf(field);
  return (
    <Dialog
      title={t("bulk.editTitle", { count, shown: formatNumber(count) })}
      onClose={onClose}
      onSubmit={() => onApply({ [name]: value })}
      footer={
        <>
          <span className="me-auto text-12 text-text-3 tabular-nums" role="status">
            {progress}
          </span>
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
        <Now object={object} field={field} filter={filter} archived={archived} count={count} />
      </div>
    </Dialog>
  );
}

/** What the selected records have in that field today: the values that would be lost. */
function Now({ object, field, filter, archived, count }: { object: ObjectDef; field: FieldDef; filter: Condition | undefined; archived?: "include" | "only"; count: number }) {
  const { t } = useTranslation();
  const byValue = canGroup(field) && !["date", "date_time"].includes(valueTypeOf(field));
  const countable = !["many_to_many", "multi_choice", "address", "person_name", "geo_point", "long_text", "rich_text"].includes(valueTypeOf(field));
  const now = useQuery({ ...aggregateQuery(object.name, { filter, archived, group_by: byValue ? [{ field: field.name }] : [], measures: [{ fn: "count" }, ...(byValue ? [] : [{ fn: "count", field: field.name }])], limit: 200 }), enabled: byValue || countable });
  if (!byValue && !countable) return null;
  const items = now.data?.items ?? [];
  const filled = Number(items[0]?.values[1] ?? 0);
  const values = [...items].sort((a, b) => Number(b.values[0]) - Number(a.values[0]));
  const rest = values.slice(SHOWN_VALUES).reduce((sum, item) => sum + Number(item.values[0]), 0);
  return (
    <section className="rounded-md bg-bg px-3 py-2" aria-label={t("bulk.now")}>
      <h3 className="text-12 font-medium text-text-2">{t("bulk.now")}</h3>
      {now.isPending ? (
        <span className="skel my-2 w-40" />
      ) : now.isError ? (
        <p className="help">{t("bulk.nowFailed")}</p>
      ) : byValue ? (
        <ul className="mt-1">
          {values.slice(0, SHOWN_VALUES).map((item, index) => (
            <li key={index} className="flex items-center gap-2">
              <span className="min-w-0 flex-1 truncate">
                <GroupValue field={field} grouping={{ field: field.name }} value={item.key[field.name]} />
              </span>
              <span className="tabular-nums text-text-2">{formatNumber(Number(item.values[0]))}</span>
            </li>
          ))}
          {rest > 0 ? (
            <li className="flex gap-2 text-text-3">
              <span className="flex-1">{t("bulk.nowOthers")}</span>
              <span className="tabular-nums">{formatNumber(rest)}</span>
            </li>
          ) : null}
        </ul>
      ) : (
        <p className="mt-1 tabular-nums">{t("bulk.nowFilled", { filled: formatNumber(filled), empty: formatNumber(Math.max(0, count - filled)) })}</p>
      )}
    </section>
  );
}
