import { Plus, X } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { removePart, replacePart, type FilterGroup, type FilterNode } from "~/metadata/filter";
import type { ObjectDef } from "~/metadata/model";
import { useObjects } from "~/metadata/registry";
import { IconButton } from "~/ui/Button";
import { Choose } from "~/ui/Input";
import { ConditionPicker } from "./ConditionPicker";
import { pathLabel } from "./path";
import { RelatedFields } from "./RelatedFields";
import { TestFields } from "./TestFields";

const DEEPEST = 6; // the server takes more, people do not
const MODES = ["all", "any", "notAll", "notAny"] as const;

/** Conditions of which all or any must hold, or must not; a part may be such a group itself. */
export function GroupFields({ object, group, onChange, depth = 0, quiet }: { object: ObjectDef; group: FilterGroup; onChange: (group: FilterGroup) => void; depth?: number; /** It may stay empty, so it does not ask for its first condition. */ quiet?: boolean }) {
  const { t } = useTranslation();
  const id = useId();
  const objects = useObjects();
  const [adding, setAdding] = useState(!quiet && group.parts.length === 0);
  const mode = group.not ? (group.match === "all" ? "notAll" : "notAny") : group.match;
  const setMode = (word: string) => onChange({ kind: "group", parts: group.parts, match: word === "all" || word === "notAll" ? "all" : "any", ...(word.startsWith("not") ? { not: true } : {}) });
  const add = (node: FilterNode) => {
    setAdding(false);
    onChange({ ...group, parts: [...group.parts, node] });
  };
  return (
    <fieldset className="filter-group" data-depth={depth}>
      <legend className="sr-only">{t("filter.group")}</legend>
      {group.parts.length > 1 || group.not || !quiet ? <Choose className="!w-auto self-start" aria-label={t("filter.match")} value={mode} onValue={setMode} options={MODES.map((word) => ({ value: word, label: t(`filter.mode.${word}`) }))} /> : null}
      {group.parts.map((part, index) => {
        const change = (next: FilterNode) => onChange(replacePart(group, index, next));
        const label = part.kind === "test" ? pathLabel(object, part.test.field, objects) : t(part.kind === "group" ? "filter.group" : "filter.related");
        return (
          <div key={index} className="filter-row">
            <span className="filter-joint" aria-hidden>
              {index === 0 ? "" : t(group.match === "all" ? "filter.and" : "filter.or")}
            </span>
            <div className="min-w-0 flex-1">
              {part.kind === "test" ? (
                <TestFields object={object} node={part} onChange={change} named />
              ) : part.kind === "group" ? (
                <GroupFields object={object} group={part} onChange={change} depth={depth + 1} />
              ) : (
                <RelatedFields object={object} node={part} onChange={change} depth={depth + 1} />
              )}
            </div>
            <IconButton label={t("filter.removeWhat", { what: label })} onClick={() => onChange(removePart(group, index))}>
              <X size={14} />
            </IconButton>
          </div>
        );
      })}
      {adding ? (
        <div className="rounded-md border border-line">
          <ConditionPicker object={object} onPick={add} groups={depth + 1 < DEEPEST} inline />
        </div>
      ) : (
        <button type="button" className="chip add self-start" aria-describedby={id} onClick={() => setAdding(true)}>
          <Plus size={14} aria-hidden />
          {t("filter.addCondition")}
        </button>
      )}
    </fieldset>
  );
}
