import { ArrowRight, CopyPlus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ImportColumn, ImportQuestion } from "~/api/imports";
import { cx } from "~/lib/cx";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, type FieldDef, type ObjectDef } from "~/metadata/model";
import { useObjects } from "~/metadata/registry";
import { IconButton } from "~/ui/Button";
import { Choose, TextInput } from "~/ui/Input";
import { Confidence } from "./Confidence";
import { FreshFieldForm } from "./FreshFieldForm";
import { AUTO, FRESH, isSpecial, type Missing, type Way } from "./mapping";
import { findableBy, lookedUpIn, specialLabel } from "./targets";

interface RowProps {
  column: ImportColumn | undefined;
  way: Way;
  object: ObjectDef;
  fields: FieldDef[];
  second: boolean;
  /** Questions that nobody answered yet stand out. */
  onChange: (change: Partial<Way>) => void;
  onAgain: () => void;
  onRemove: () => void;
}

export const questionsOf = (column: ImportColumn | undefined, way: Way): ImportQuestion[] => (way.target === "" ? [] : (column?.questions ?? []).filter((question) => question.answers.length > 0));

/** One column, or a text put together from several: samples, where it goes, how sure, and what must be said about it. */
export function MappingRow({ column, way, object, fields, second, onChange, onAgain, onRemove }: RowProps) {
  const { t } = useTranslation();
  const objects = useObjects();
  const what = way.header ?? t("import.together");
  const open = questionsOf(column, way).some((question) => way.answers[question.kind] === undefined);
  const field = fieldOf(object, way.target);
  const target = lookedUpIn(field, objects);
  const known = way.target === "" || way.target === FRESH || way.target === AUTO || fields.some((one) => one.name === way.target);
  const options = [
    { value: "", label: t("import.leaveOut") },
    ...(column && isSpecial(column) ? [{ value: AUTO, label: specialLabel(column) }] : []),
    ...(known ? [] : [{ value: way.target, label: way.target }]),
    ...fields.map((one) => ({ value: one.name, label: modelLabel(one.label) })),
    { value: FRESH, label: t("import.fresh") },
  ];
  return (
    <tr className={cx("border-b border-line align-top", open && "bg-[color-mix(in_srgb,var(--c-warning-soft)_60%,var(--c-surface))]")}>
      <th scope="row" className="max-w-48 py-3 ps-5 text-start font-medium break-words">
        {second ? <span className="font-normal text-text-3">{t("import.again", { what })}</span> : what}
      </th>
      <td className="max-w-56 px-3 py-2 text-12">
        {way.header === null ? (
          <TextInput aria-label={t("import.template")} placeholder={t("import.templateHint")} value={way.template} onValue={(template) => onChange({ template })} />
        ) : (
          (column?.samples ?? []).slice(0, 3).map((sample, index) => (
            <span key={index} className="block truncate" dir="auto" title={sample}>
              {sample || <span className="text-text-3">{t("import.emptyCell")}</span>}
            </span>
          ))
        )}
        {way.header !== null && column?.samples.length === 0 ? <span className="text-text-3">{t("import.emptyColumn")}</span> : null}
      </td>
      <td className="no-phone pt-4 text-text-3" aria-hidden>
        <ArrowRight size={14} className="rtl:-scale-x-100" />
      </td>
      <td className="px-3 py-2">
        <Choose aria-label={t("import.targetOf", { what })} className={cx("min-w-44", way.target === "" && "border-dashed text-text-2")} value={way.target} onValue={(next) => onChange({ target: next, match: "", missing: "", answers: {} })} options={options} />
        {way.target === FRESH ? <FreshFieldForm fresh={way.fresh} onChange={(fresh) => onChange({ fresh })} /> : null}
        {target ? <Lookup way={way} target={target} what={what} onChange={onChange} /> : null}
        <Replaced way={way} onChange={onChange} />
      </td>
      <td className="px-3 py-3 text-12">
        {way.target && column ? <Confidence value={way.target === AUTO || way.target === column.target ? column.confidence : "chosen"} /> : null}
        {way.target === "" && way.why ? <span className="block text-text-2">{way.why}</span> : null}
        {questionsOf(column, way).map((question) => (
          <label key={question.kind} className="mt-1 flex flex-col gap-1">
            <span>{t(`import.question.${question.kind}`, { defaultValue: question.detail ?? question.kind })}</span>
            <Choose value={way.answers[question.kind] ?? ""} onValue={(value) => onChange({ answers: { ...way.answers, [question.kind]: value } })} options={[{ value: "", label: question.assumed ? t("import.assumed", { what: answerText(t, question.assumed) }) : t("import.choosePlease"), disabled: true }, ...question.answers.map((value) => ({ value, label: answerText(t, value) }))]} />
          </label>
        ))}
      </td>
      <td className="w-12 py-2 pe-5 text-end">
        {second || way.header === null ? (
          <IconButton label={t("import.removeWay", { what })} onClick={onRemove}>
            <X size={14} />
          </IconButton>
        ) : (
          <IconButton label={t("import.useAgain", { what })} onClick={onAgain}>
            <CopyPlus size={14} />
          </IconButton>
        )}
      </td>
    </tr>
  );
}

const answerText = (t: (key: string, values?: Record<string, unknown>) => string, value: string): string => t(`import.answer.${value}`, { defaultValue: value });

function Lookup({ way, target, what, onChange }: { way: Way; target: ObjectDef; what: string; onChange: (change: Partial<Way>) => void }) {
  const { t } = useTranslation();
  const by = findableBy(target);
  return (
    <span className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-2 gap-y-1 text-12 text-text-2">
      <span>{t("import.foundBy")}</span>
      <Choose aria-label={t("import.foundByOf", { what })} value={way.match || (by[0]?.name ?? "")} onValue={(match) => onChange({ match })} options={by.map((field) => ({ value: field.name, label: modelLabel(field.label) }))} />
      <span>{t("import.notFound")}</span>
      <Choose aria-label={t("import.notFoundOf", { what })} value={way.missing || "report"} onValue={(missing) => onChange({ missing: missing as Missing })} options={(["report", "create"] as const).map((value) => ({ value, label: t(`import.missing.${value}`) }))} />
    </span>
  );
}

function Replaced({ way, onChange }: { way: Way; onChange: (change: Partial<Way>) => void }) {
  const { t } = useTranslation();
  const values = Object.entries(way.values);
  if (values.length === 0) return null;
  return (
    <ul className="mt-2 text-12">
      {values.map(([from, to]) => (
        <li key={from} className="flex items-center gap-2">
          <span className="truncate text-danger line-through" dir="auto">{from}</span>
          <span className="truncate text-success" dir="auto">{to || t("import.emptyCell")}</span>
          <IconButton label={t("import.keepAsIs", { what: from })} onClick={() => onChange({ values: Object.fromEntries(values.filter(([other]) => other !== from)) })}>
            <X size={12} />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
