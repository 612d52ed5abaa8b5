import { Archive, ListFilter, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { screen } from "~/lib/i18n";
import { useTranslation } from "react-i18next";
import type { Condition } from "~/metadata/condition";
import { conditionOf, groupOf, removePart, replacePart, type FilterGroup, type FilterNode } from "~/metadata/filter";
import type { ObjectDef } from "~/metadata/model";
import { PopoverButton } from "~/ui/PopoverButton";
import { NodeText } from "./NodeText";

const FilterEditor = lazy(() => screen(import("./FilterEditor")));
const ConditionPicker = lazy(() => screen(import("./ConditionPicker")).then((module) => ({ default: module.ConditionPicker })));

export interface FilterBarProps {
  object: ObjectDef;
  value: Condition | undefined;
  onChange: (value: Condition | undefined) => void;
  archived?: "include" | "only";
  onArchived: (archived: "include" | "only" | undefined) => void;
  adding: boolean;
  onAdding: (open: boolean) => void;
}

/** Chips of field, comparison and value; each opens, × removes. The whole filter stands in the address. */
export function FilterBar({ object, value, onChange, archived, onArchived, adding, onAdding }: FilterBarProps) {
  const { t } = useTranslation();
  const group = groupOf(value);
  const [draft, setDraft] = useState<FilterNode | null>(null);
  const set = (next: FilterGroup) => onChange(conditionOf(next));
  return (
    <div className="filters">
      {group.parts.length > 1 ? (
        <button type="button" className="chip solid" onClick={() => set({ ...group, match: group.match === "all" ? "any" : "all" })} title={t("filter.matchHelp")}>
          {t(group.match === "all" ? "filter.all" : "filter.any")}
        </button>
      ) : null}
      {group.parts.map((part, index) => (
        <span className="chip" key={index}>
          <PopoverButton label={t("filter.edit")} buttonClass="parts" button={<NodeText object={object} node={part} />}>
            {(close) => (
              <Suspense>
                <FilterEditor object={object} initial={part} onDone={(node) => (set(replacePart(group, index, node)), close())} />
              </Suspense>
            )}
          </PopoverButton>
          <button type="button" aria-label={t("filter.remove")} title={t("filter.remove")} onClick={() => set(removePart(group, index))}>
            <X size={12} aria-hidden />
          </button>
        </span>
      ))}
      {archived ? (
        <span className="chip">
          <button type="button" title={t("filter.archivedHelp")} onClick={() => onArchived(archived === "only" ? "include" : "only")}>
            <Archive size={14} aria-hidden />
            {t(archived === "only" ? "filter.onlyArchived" : "filter.withArchived")}
          </button>
          <button type="button" aria-label={t("filter.remove")} title={t("filter.remove")} onClick={() => onArchived(undefined)}>
            <X size={12} aria-hidden />
          </button>
        </span>
      ) : null}
      <PopoverButton
        label={t("filter.add")}
        buttonClass="chip add"
        isOpen={adding}
        onOpenChange={(open) => {
          onAdding(open);
          setDraft(null);
        }}
        button={
          <>
            <ListFilter size={14} aria-hidden />
            {t("filter.add")}
          </>
        }
      >
        {() => (
          <Suspense>
            {draft ? (
              <FilterEditor
                object={object}
                initial={draft}
                onDone={(node) => {
                  onAdding(false);
                  setDraft(null);
                  set({ ...group, parts: [...group.parts, node] });
                }}
              />
            ) : (
              <ConditionPicker
                object={object}
                onPick={setDraft}
                onArchived={
                  archived
                    ? undefined
                    : () => {
                        onAdding(false);
                        onArchived("only");
                      }
                }
              />
            )}
          </Suspense>
        )}
      </PopoverButton>
    </div>
  );
}
