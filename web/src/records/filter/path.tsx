import { Archive, ChevronLeft, ChevronRight, Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { modelLabel } from "~/lib/i18n";
import { defaultValue, operatorsOf, type Test } from "~/metadata/condition";
import { fieldOf, singleTarget, targetsOf, visibleFields, type FieldDef, type ObjectDef } from "~/metadata/model";
import { useObjects } from "~/metadata/registry";
import { TextInput } from "~/ui/Input";

const LONGEST_PATH = 3;

/** The field of a path like `account.industry`, when its first step is on this object. Only the first step is known without the registry. */
export function fieldAt(object: ObjectDef, path: string, objects?: ObjectDef[]): FieldDef | undefined {
  const [first = "", ...rest] = path.split(".");
  const field = fieldOf(object, first);
  if (!field || rest.length === 0) return field;
  const target = objects?.find((candidate) => candidate.name === singleTarget(field));
  return target ? fieldAt(target, rest.join("."), objects) : objects ? undefined : field;
}

export function pathLabel(object: ObjectDef, path: string, objects: ObjectDef[]): string {
  const [first = "", ...rest] = path.split(".");
  const field = fieldOf(object, first);
  if (!field) return path;
  const target = objects.find((candidate) => candidate.name === singleTarget(field));
  return rest.length && target ? `${modelLabel(field.label)} › ${pathLabel(target, rest.join("."), objects)}` : modelLabel(field.label);
}

/** First the field, also one of a related record; then the editor asks for the rest. */
export function FilterPath({ object, onPick, extra }: { object: ObjectDef; onPick: (test: Test) => void; extra?: { label: string; onPick: () => void } }) {
  const { t } = useTranslation();
  const objects = useObjects();
  const [steps, setSteps] = useState<string[]>([]);
  const [text, setText] = useState("");
  const here = steps.reduce<ObjectDef | undefined>((at, step) => {
    const field = at && fieldOf(at, step);
    return field ? objects.find((candidate) => candidate.name === singleTarget(field)) : undefined;
  }, object);
  if (!here) return null;
  const fields = visibleFields(here).filter((field) => !field.masked && (operatorsOf(field).length > 0 || targetsOf(field).length > 0));
  const found = fields.filter((field) => modelLabel(field.label).toLocaleLowerCase().includes(text.toLocaleLowerCase()));
  const pick = (field: FieldDef) => {
    const [op] = operatorsOf(field);
    if (op) onPick({ field: [...steps, field.name].join("."), op, value: defaultValue(field, op) });
  };
  return (
    <div className="flex max-h-[70vh] w-72 flex-col gap-1 p-2">
      { }
      <TextInput autoFocus icon={<Search size={14} aria-hidden />} aria-label={t("list.findField")} placeholder={t("list.findField")} value={text} onValue={setText} onKeyDown={(event) => event.key === "Enter" && found[0] && pick(found[0])} />
      {steps.length ? (
        <button type="button" className="mi font-medium" onClick={() => (setSteps(steps.slice(0, -1)), setText(""))}>
          <ChevronLeft size={14} aria-hidden />
          {pathLabel(object, steps.join("."), objects)}
        </button>
      ) : null}
      <div className="min-h-0 overflow-auto">
        {found.map((field) => {
          const target = objects.find((candidate) => candidate.name === singleTarget(field));
          return (
            <div key={field.name} className="flex items-center">
              <button type="button" className="mi min-w-0 flex-1" onClick={() => pick(field)}>
                <span className="truncate">{modelLabel(field.label)}</span>
              </button>
              {target && target.name !== "user" && steps.length + 1 < LONGEST_PATH ? (
                <button type="button" className="mi !w-7 justify-center" aria-label={t("filter.fieldsOf", { what: modelLabel(field.label) })} title={t("filter.fieldsOf", { what: modelLabel(field.label) })} onClick={() => (setSteps([...steps, field.name]), setText(""))}>
                  <ChevronRight size={14} aria-hidden />
                </button>
              ) : null}
            </div>
          );
        })}
        {found.length === 0 ? <p className="px-2 py-3 text-text-3">{t("field.nothingFound")}</p> : null}
      </div>
      {extra && steps.length === 0 ? (
        <>
          <hr className="msep" />
          <button type="button" className="mi" onClick={extra.onPick}>
            <Archive size={14} aria-hidden />
            {extra.label}
          </button>
        </>
      ) : null}
    </div>
  );
}
