import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { defaultValue, isComplete, operatorsOf, type Op, type Test } from "~/metadata/condition";
import type { ObjectDef } from "~/metadata/model";
import { useObjects } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { Choose } from "~/ui/Input";
import { fieldAt, pathLabel } from "./path";
import { ValueInput } from "./ValueInput";

const SAME_VALUE: Op[][] = [["eq", "ne", "lt", "lte", "gt", "gte", "contains", "starts_with"], ["in", "not_in"]];

export function FilterEditor({ object, initial, onDone }: { object: ObjectDef; initial: Test; onDone: (test: Test) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const objects = useObjects();
  const [test, setTest] = useState(initial);
  const field = fieldAt(object, test.field, objects);
  if (!field) return null;
  const choose = (chosen: string) => {
    if (chosen === "is_not_empty") return setTest({ ...test, op: "is_empty", value: false });
    const op = chosen as Op;
    const kept = SAME_VALUE.some((group) => group.includes(op) && group.includes(test.op));
    setTest({ ...test, op, value: kept ? test.value : defaultValue(field, op) });
  };
  const options = operatorsOf(field).flatMap((op) => (op === "is_empty" ? [{ value: "is_empty", label: t("op.is_empty") }, { value: "is_not_empty", label: t("op.is_not_empty") }] : [{ value: op, label: t(`op.${op}`) }]));
  return (
    <form
      className="flex w-80 max-w-full flex-col gap-2 p-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (isComplete(test)) onDone(test);
      }}
    >
      <span className="flabel" id={id}>
        {pathLabel(object, test.field, objects)}
      </span>
      <Choose aria-label={t("filter.operator")} value={test.op === "is_empty" && test.value === false ? "is_not_empty" : test.op} onValue={choose} options={options} />
      {test.op === "is_empty" ? null : <ValueInput field={field} op={test.op} value={test.value} onChange={(value) => setTest({ ...test, value })} labelledBy={id} />}
      <Button type="submit" look="primary" small className="self-end" disabled={!isComplete(test)}>
        {t("filter.apply")}
      </Button>
    </form>
  );
}
