import { useId } from "react";
import { useTranslation } from "react-i18next";
import { defaultValue, operatorsOf, type Op } from "~/metadata/condition";
import type { TestNode } from "~/metadata/filter";
import type { FieldDef, ObjectDef } from "~/metadata/model";
import { useObjects } from "~/metadata/registry";
import { Choose } from "~/ui/Input";
import { fieldAt, pathLabel } from "./path";
import { ValueInput } from "./ValueInput";

const SAME_VALUE: Op[][] = [["eq", "ne", "lt", "lte", "gt", "gte", "contains", "starts_with"], ["in", "not_in"]];
/** Comparisons whose opposite has a word of its own already. */
const HAVE_OPPOSITE: Op[] = ["eq", "ne", "in", "not_in", "is_empty", "lt", "lte", "gt", "gte"];

/** What the list of comparisons holds: each with its opposite, where there is none among the others. */
function comparisons(field: FieldDef): string[] {
  return operatorsOf(field).flatMap((op) => (op === "is_empty" ? ["is_empty", "is_not_empty"] : HAVE_OPPOSITE.includes(op) ? [op] : [op, `not.${op}`]));
}

/** Comparison and value of one field. */
export function TestFields({ object, node, onChange, named }: { object: ObjectDef; node: TestNode; onChange: (node: TestNode) => void; /** The name of the field stands above. */ named?: boolean }) {
  const { t } = useTranslation();
  const id = useId();
  const objects = useObjects();
  const { test } = node;
  const field = fieldAt(object, test.field, objects);
  if (!field) return <p className="help">{t("filter.unknownField", { what: test.field })}</p>;
  const chosen = test.op === "is_empty" ? ((test.value === false) !== Boolean(node.not) ? "is_not_empty" : "is_empty") : node.not ? `not.${test.op}` : test.op;
  const choose = (word: string) => {
    if (word === "is_empty" || word === "is_not_empty") return onChange({ kind: "test", test: { ...test, op: "is_empty", value: word === "is_empty" } });
    const not = word.startsWith("not.");
    const op = word.replace("not.", "") as Op;
    const kept = op === test.op || SAME_VALUE.some((group) => group.includes(op) && group.includes(test.op));
    onChange({ kind: "test", test: { ...test, op, value: kept ? test.value : defaultValue(field, op) }, ...(not ? { not } : {}) });
  };
  const words = comparisons(field);
  const options = (words.includes(chosen) ? words : [chosen, ...words]).map((word) => ({ value: word, label: t(`op.${word}`) }));
  const label = pathLabel(object, test.field, objects);
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-2">
      <span className={named ? "flabel" : "sr-only"} id={id}>
        {label}
      </span>
      <Choose aria-label={t("filter.operatorOf", { what: label })} value={chosen} onValue={choose} options={options} />
      {test.op === "is_empty" ? null : <ValueInput key={test.op} field={field} op={test.op} value={test.value} onChange={(value) => onChange({ ...node, test: { ...test, value } })} labelledBy={id} />}
    </div>
  );
}
