import { Archive, Braces, ChevronLeft, ChevronRight, Search } from "lucide-react";
import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { rightsQuery } from "~/api/session";
import { cx } from "~/lib/cx";
import { modelLabel } from "~/lib/i18n";
import { defaultValue, operatorsOf } from "~/metadata/condition";
import { NO_FILTER, referrersOf, type FilterNode } from "~/metadata/filter";
import { fieldOf, singleTarget, targetsOf, type FieldDef, type ObjectDef } from "~/metadata/model";
import { choosable } from "~/metadata/layout";
import { useObjects } from "~/metadata/registry";
import { iconNamed } from "~/ui/icons";
import { TextInput } from "~/ui/Input";
import { pathLabel } from "./path";

const LONGEST_PATH = 3;

interface Entry {
  key: string;
  label: string;
  hint?: string;
  icon?: React.ReactNode;
  onPick: () => void;
  /** Fields of the record it points at. */
  onInto?: () => void;
}

/** First what is asked: a field, one of a related record, how many others refer to it, or a group. */
export function ConditionPicker({ object, onPick, groups = true, onArchived, inline }: { object: ObjectDef; onPick: (node: FilterNode) => void; groups?: boolean; onArchived?: () => void; /** Part of a larger form rather than a menu of its own. */ inline?: boolean }) {
  const { t } = useTranslation();
  const objects = useObjects();
  const rights = useQuery(rightsQuery).data;
  const [steps, setSteps] = useState<string[]>([]);
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const here = steps.reduce<ObjectDef | undefined>((at, step) => {
    const field = at && fieldOf(at, step);
    return field ? objects.find((candidate) => candidate.name === singleTarget(field)) : undefined;
  }, object);
  if (!here) return null;
  const go = (next: string[]) => (setSteps(next), setText(""), setActive(0));
  const matches = (label: string) => label.toLocaleLowerCase().includes(text.trim().toLocaleLowerCase());
  const pickField = (field: FieldDef) => {
    const [op] = operatorsOf(field);
    if (op) onPick({ kind: "test", test: { field: [...steps, field.name].join("."), op, value: defaultValue(field, op) } });
  };
  const fields: Entry[] = choosable(here)
    .filter((field) => !field.masked && !["id", "version", "archived_at"].includes(field.name) && (operatorsOf(field).length > 0 || targetsOf(field).length > 0) && matches(modelLabel(field.label)))
    .map((field) => {
      const target = objects.find((candidate) => candidate.name === singleTarget(field));
      const into = target && target.name !== "user" && steps.length + 1 < LONGEST_PATH ? () => go([...steps, field.name]) : undefined;
      return { key: field.name, label: modelLabel(field.label), onPick: () => pickField(field), onInto: into };
    });
  const related: Entry[] = steps.length
    ? []
    : referrersOf(object, objects, (name) => rights?.objects[name]?.read !== false)
        .map(({ object: other, field, several }): Entry => {
          const Icon = iconNamed(other.icon);
          return {
            key: `${other.name}.${field.name}`,
            label: modelLabel(other.plural_label),
            hint: several ? modelLabel(field.label) : undefined,
            icon: <Icon size={14} aria-hidden />,
            onPick: () => onPick({ kind: "related", related: other.name, ...(several ? { via: field.name } : {}), where: NO_FILTER }),
          };
        })
        .filter((entry) => matches(`${entry.label} ${entry.hint ?? ""}`))
        .sort((a, b) => a.label.localeCompare(b.label));
  const more: Entry[] =
    steps.length || text
      ? []
      : [
          ...(groups ? [{ key: "group", label: t("filter.addGroup"), icon: <Braces size={14} aria-hidden />, onPick: () => onPick({ kind: "group", match: "any", parts: [] }) }] : []),
          ...(onArchived ? [{ key: "archived", label: t("filter.onlyArchived"), icon: <Archive size={14} aria-hidden />, onPick: onArchived }] : []),
        ];
  const all = [...fields, ...related, ...more];
  const at = Math.min(active, all.length - 1);
  const keys = (event: React.KeyboardEvent) => {
    const entry = all[at];
    if (event.key === "ArrowDown") setActive(Math.min(all.length - 1, at + 1));
    else if (event.key === "ArrowUp") setActive(Math.max(0, at - 1));
    else if (event.key === "Enter") entry?.onPick();
    else if (event.key === "ArrowRight" && !text && entry?.onInto) entry.onInto();
    else if (event.key === "ArrowLeft" && !text && steps.length) go(steps.slice(0, -1));
    else if (event.key === "Backspace" && !text && steps.length) go(steps.slice(0, -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const row = (entry: Entry) => {
    const index = all.indexOf(entry);
    return (
      <div key={entry.key} className="flex items-center" ref={index === at ? (element) => element?.scrollIntoView?.({ block: "nearest" }) : undefined}>
        <button type="button" tabIndex={-1} className={cx("mi min-w-0 flex-1", index === at && "bg-press")} onClick={entry.onPick} onPointerMove={() => setActive(index)}>
          {entry.icon}
          <span className="truncate">{entry.label}</span>
          {entry.hint ? <span className="truncate text-12 text-text-3">{entry.hint}</span> : null}
        </button>
        {entry.onInto ? (
          <button type="button" className="mi !w-7 justify-center" aria-label={t("filter.fieldsOf", { what: entry.label })} title={t("filter.fieldsOf", { what: entry.label })} onClick={entry.onInto}>
            <ChevronRight size={14} aria-hidden className="rtl-flip" />
          </button>
        ) : null}
      </div>
    );
  };
  return (
    <div className={cx("flex flex-col gap-1 p-2", inline ? "max-h-72" : "max-h-[min(70vh,460px)] w-76")}>
      <TextInput autoFocus icon={<Search size={14} aria-hidden />} aria-label={t("list.findField")} placeholder={t("list.findField")} value={text} onValue={(value) => (setText(value), setActive(0))} onKeyDown={keys} />
      {steps.length ? (
        <button type="button" className="mi font-medium" onClick={() => go(steps.slice(0, -1))}>
          <ChevronLeft size={14} aria-hidden className="rtl-flip" />
          {pathLabel(object, steps.join("."), objects)}
        </button>
      ) : null}
      <div className="min-h-0 overflow-auto">
        {fields.map(row)}
        {related.length ? <div className="mhead">{t("filter.relatedRecords")}</div> : null}
        {related.map(row)}
        {more.length ? <hr className="msep" /> : null}
        {more.map(row)}
        {all.length === 0 ? <p className="px-2 py-3 text-text-3">{t("field.nothingFound")}</p> : null}
      </div>
    </div>
  );
}
