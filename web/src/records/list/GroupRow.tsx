import { ChevronDown, ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { labelOf } from "~/fields/choice";
import { RecordName, targetOf } from "~/fields/reference";
import { formatMoney, formatNumber } from "~/lib/format";
import { known, whole } from "~/lib/sums";
import { targetsOf, valueTypeOf, type FieldDef } from "~/metadata/model";
import { bucketLabel, type Group, type Grouping } from "./groups";

/** The head of a group: what its rows share, how many they are, and their sum. */
export function GroupRow({ id, index, field, grouping, group, folded, current, top, height, span, onFold }: { id: string; index: number; field: FieldDef; grouping: Grouping; group: Group; folded: boolean; current: boolean; top: number; height: number; span: number; onFold: () => void }) {
  const { t } = useTranslation();
  const sum = known(group.sum);
  const Arrow = folded ? ChevronRight : ChevronDown;
  return (
    <div id={id} role="row" aria-rowindex={index + 2} aria-expanded={!folded} className={current ? "grid-row grid-group cur" : "grid-row grid-group"} style={{ height, transform: `translateY(${top}px)` }}>
      <div role="gridcell" aria-colspan={span} className="grid-group-cell">
        <button type="button" tabIndex={-1} className="btn gho sm ic" aria-label={t(folded ? "list.unfold" : "list.fold")} aria-expanded={!folded} onClick={onFold}>
          <Arrow size={16} aria-hidden className={folded ? "rtl-flip" : undefined} />
        </button>
        <span className="flex min-w-0 items-center gap-2 font-medium">
          <GroupValue field={field} grouping={grouping} value={group.value} />
        </span>
        <span className="text-text-3 tabular-nums">{formatNumber(group.count)}</span>
        {sum ? (
          <span className="tabular-nums text-text-2" title={formatMoney(sum)}>
            {whole(sum)}
          </span>
        ) : null}
      </div>
    </div>
  );
}

export function GroupValue({ field, grouping, value }: { field: FieldDef; grouping: Grouping; value: unknown }) {
  const { t } = useTranslation();
  if (value === null || value === undefined || value === "") return <span className="text-text-3">{t("list.noValue")}</span>;
  if (grouping.bucket) return <>{bucketLabel(String(value), grouping.bucket)}</>;
  const target = targetsOf(field).length ? targetOf(field, value) : null;
  if (target) return <RecordName target={target} plain />;
  if (typeof value === "boolean") return <>{t(value ? "value.yes" : "value.no")}</>;
  return <span dir="auto">{valueTypeOf(field) === "choice" ? labelOf(field, value) : String(value)}</span>;
}
