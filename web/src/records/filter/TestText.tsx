import { useTranslation } from "react-i18next";
import { kitOf } from "~/fields";
import { labelOf } from "~/fields/choice";
import { RecordName, targetOf } from "~/fields/reference";
import { isMe, type Test, type Within } from "~/metadata/condition";
import { targetsOf, type FieldDef, type ObjectDef } from "~/metadata/model";
import { useObjects } from "~/metadata/registry";
import { fieldAt, pathLabel } from "./path";

/** A test in words: field, operator, value. */
export function TestText({ object, test, not }: { object: ObjectDef; test: Test; not?: boolean }) {
  const { t } = useTranslation();
  const objects = useObjects();
  const field = fieldAt(object, test.field, objects);
  const emptiness = test.op === "is_empty";
  return (
    <>
      <span>{pathLabel(object, test.field, objects)}</span>
      <span className="op">{emptiness ? t((test.value === false) !== Boolean(not) ? "op.is_not_empty" : "op.is_empty") : t(not ? `op.not.${test.op}` : `op.${test.op}`)}</span>
      {emptiness || !field ? null : (
        <span className="max-w-50 truncate font-medium">
          <ValueText field={field} value={test.value} />
        </span>
      )}
    </>
  );
}

function ValueText({ field, value }: { field: FieldDef; value: unknown }) {
  const { t } = useTranslation();
  if (isMe(value)) return <>{t("filter.me")}</>;
  if (isWithin(value)) return <>{withinText(value, t)}</>;
  if (Array.isArray(value)) {
    const shown = value.slice(0, 2);
    return (
      <>
        {shown.map((one, index) => (
          <span key={index}>
            {index > 0 ? ", " : ""}
            <ValueText field={field} value={one} />
          </span>
        ))}
        {value.length > 2 ? ` +${value.length - 2}` : ""}
      </>
    );
  }
  if (typeof value === "boolean") return <>{t(value ? "value.yes" : "value.no")}</>;
  const target = targetsOf(field).length ? targetOf(field, value) : null;
  if (target) return <RecordName target={target} plain />;
  return <>{labelOf(field, value) === value ? kitOf(field).text(value, field) || String(value) : labelOf(field, value)}</>;
}

export function isWithin(value: unknown): value is Within {
  return typeof value === "object" && value !== null && "unit" in value;
}

export function withinText(within: Within, t: (key: string, values?: Record<string, unknown>) => string): string {
  const way = within.last !== undefined ? "last" : within.next !== undefined ? "next" : "this";
  const count = within.last ?? within.next ?? 1;
  return way === "this" ? t(`within.this.${within.unit}`) : t(`within.${way}.${within.unit}`, { count: Number(count) });
}
