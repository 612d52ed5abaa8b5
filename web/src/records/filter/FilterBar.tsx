import { Archive, ListFilter, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isComplete, type Condition, type Test } from "~/metadata/condition";
import { conditionOf, modelOf, removePart, replacePart, type FilterModel } from "~/metadata/filter";
import type { ObjectDef } from "~/metadata/model";
import { PopoverButton } from "~/ui/PopoverButton";
import { FilterEditor } from "./FilterEditor";
import { FilterPath, fieldAt } from "./path";
import { TestText } from "./TestText";

/** Chips of field, operator and value; each opens, × removes. The whole filter stands in the address. */
export function FilterBar({ object, value, onChange, archived, onArchived }: { object: ObjectDef; value: Condition | undefined; onChange: (value: Condition | undefined) => void; archived?: "include" | "only"; onArchived: (archived: "include" | "only" | undefined) => void }) {
  const { t } = useTranslation();
  const model = modelOf(value);
  const [adding, setAdding] = useState(false);
  const [draft, setDraft] = useState<Test | null>(null);
  const set = (next: FilterModel) => onChange(conditionOf(next));
  return (
    <div className="filters">
      {model.parts.length > 1 ? (
        <button type="button" className="chip add" style={{ borderStyle: "solid" }} onClick={() => set({ ...model, match: model.match === "all" ? "any" : "all" })} title={t("filter.matchHelp")}>
          {t(model.match === "all" ? "filter.all" : "filter.any")}
        </button>
      ) : null}
      {model.parts.map((part, index) => (
        <span className="chip" key={index}>
          {part.kind === "test" && fieldAt(object, part.test.field) ? (
            <PopoverButton label={t("filter.edit")} buttonClass="min-w-0" button={<TestText object={object} test={part.test} />}>
              {(close) => <FilterEditor object={object} initial={part.test} onDone={(test) => (set(replacePart(model, index, { kind: "test", test })), close())} />}
            </PopoverButton>
          ) : (
            <button type="button" disabled title={JSON.stringify(part.kind === "test" ? part.test : part.condition)}>
              {t("filter.advanced")}
            </button>
          )}
          <button type="button" aria-label={t("filter.remove")} onClick={() => set(removePart(model, index))}>
            <X size={12} aria-hidden />
          </button>
        </span>
      ))}
      {archived ? (
        <span className="chip">
          <button type="button" onClick={() => onArchived(archived === "only" ? "include" : "only")}>
            <Archive size={14} aria-hidden />
            {t(archived === "only" ? "filter.onlyArchived" : "filter.withArchived")}
          </button>
          <button type="button" aria-label={t("filter.remove")} onClick={() => onArchived(undefined)}>
            <X size={12} aria-hidden />
          </button>
        </span>
      ) : null}
      <PopoverButton
        label={t("filter.add")}
        buttonClass="chip add"
        isOpen={adding}
        onOpenChange={(open) => {
          setAdding(open);
          setDraft(null);
        }}
        button={
          <>
            <ListFilter size={14} aria-hidden />
            {t("filter.add")}
          </>
        }
      >
        {() =>
          draft ? (
            <FilterEditor
              object={object}
              initial={draft}
              onDone={(test) => {
                setAdding(false);
                setDraft(null);
                if (isComplete(test)) set({ ...model, parts: [...model.parts, { kind: "test", test }] });
              }}
            />
          ) : (
            <FilterPath
              object={object}
              onPick={setDraft}
              extra={
                archived
                  ? undefined
                  : {
                      label: t("filter.onlyArchived"),
                      onPick: () => {
                        setAdding(false);
                        onArchived("only");
                      },
                    }
              }
            />
          )
        }
      </PopoverButton>
    </div>
  );
}
