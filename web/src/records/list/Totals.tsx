import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { aggregateQuery } from "~/api/records";
import { cx } from "~/lib/cx";
import { formatMoney, formatNumber, isMoney } from "~/lib/format";
import { known, whole } from "~/lib/sums";
import { modelLabel, modelWord } from "~/lib/i18n";
import { kitOf } from "~/fields";
import { valueTypeOf, type FieldDef, type ObjectDef } from "~/metadata/model";
import { MenuButton } from "~/ui/Menu";
import type { ShownColumn } from "./Row";
import { type Column, type Total, type ViewState } from "./search";

const NUMBERS = ["integer", "decimal", "percent", "money", "duration"];

/** What can be said below a column. */
export function totalsOf(field: FieldDef): Total[] {
  if (field.masked || field.hidden) return ["none"];
  const type = valueTypeOf(field);
  if (type === "money" || type === "integer" || type === "decimal" || type === "duration") return ["none", "sum", "avg", "min", "max", "filled", "empty"];
  if (NUMBERS.includes(type)) return ["none", "avg", "min", "max", "filled", "empty"];
  if (["roll_up", "geo_point", "address", "person_name", "many_to_many", "multi_choice", "long_text", "rich_text"].includes(type)) return ["none"];
  return ["none", "filled", "empty"];
}

const measureOf = (column: Column) => ({ fn: column.total === "filled" || column.total === "empty" ? "count" : (column.total ?? "count"), field: column.name });

/** The foot of the table: the true number of records and what was chosen for each column, over all that match and not only those loaded. */
export function Totals({ object, state, columns, shown, template, width, total, atLeast, onTotal }: { object: ObjectDef; state: ViewState; columns: Column[]; shown: ShownColumn[]; template: string; width: number; total: number | undefined; atLeast: boolean; onTotal: (name: string, total: Total) => void }) {
  const { t } = useTranslation();
  const asked = columns.filter((column) => column.total && column.total !== "none");
  const query = useQuery({
    ...aggregateQuery(object.name, { filter: state.filter, archived: state.archived, group_by: [], measures: [{ fn: "count" }, ...asked.map(measureOf)] }),
    enabled: asked.length > 0,
  });
  const values = query.data?.items[0]?.values;
  const all = values ? Number(values[0]) : undefined;
  const count = all ?? total;
  const exact = all !== undefined || !atLeast;
  const scope = asked.map((_, i) => values?.[i + 1]).find((value) => known(value)) as { currency: string; unconverted?: number } | undefined;
  const scoped = scope ? columns.findIndex((column) => asked.includes(column) && known(values?.[asked.indexOf(column) + 1])) : -1;
  return (
    <div className="grid-foot" role="row" style={{ gridTemplateColumns: template, minWidth: width }}>
      <div role="gridcell" className="grid-check" />
      {shown.map(({ field, style, sticky }, index) => {
        const column = columns[index];
        const which = column?.total ?? "none";
        const at = column ? asked.indexOf(column) : -1;
        const raw = at >= 0 ? values?.[at + 1] : undefined;
        const value = which === "empty" && all !== undefined ? all - Number(raw ?? 0) : raw;
        const label = modelLabel(field.label);
        const money = known(value);
        const text = at < 0 || value === undefined || value === null ? "" : isMoney(value) ? whole(money) : which === "filled" || which === "empty" ? formatNumber(Number(value)) : kitOf(field).text(value, field) || formatNumber(String(value), 2);
        const word = which === "none" ? "" : t(`list.total.${which}`);
        const choices = totalsOf(field);
        // What the button shows, in its name too (WCAG 2.5.3).
        const seen = text ? (which === "sum" ? text : `${word} ${text}`) : at >= 0 ? "" : index === scoped + 1 && scope ? t("list.scope", { currency: scope.currency }) : t("list.totalAdd");
        return (
          <div key={field.name} role="gridcell" className={cx("grid-cell", kitOf(field).end && "num", sticky && "stick")} style={style}>
            {index === 0 ? (
              <span className="truncate text-text-2 tabular-nums">{count === undefined ? "" : exact ? `${formatNumber(count)} ${modelWord(count === 1 ? object.label : object.plural_label)}` : t("list.countAtLeast", { shown: formatNumber(count) })}</span>
            ) : choices.length > 1 ? (
              <MenuButton
                label={seen ? `${label}: ${seen}` : t("list.totalOf", { what: label })}
                buttonClass={cx("grid-total", text && "on")}
                placement="top start"
                groups={[{ title: t("list.totalOf", { what: label }), items: choices.map((one) => ({ id: one, label: t(`list.total.${one}`), hint: one === which ? "✓" : undefined, onAction: () => onTotal(field.name, one) })) }]}
              >
                {text ? (
                  <>
                    {which === "sum" ? null : <span className="font-normal text-text-3">{word}</span>}
                    <span className="truncate" title={money ? formatMoney(money) : undefined}>
                      {text}
                    </span>
                  </>
                ) : at >= 0 ? (
                  <span className="skel w-12" />
                ) : index === scoped + 1 && scope ? (
                  <Scope money={scope} />
                ) : (
                  <span className="grid-total-add">{t("list.totalAdd")}</span>
                )}
              </MenuButton>
            ) : index === scoped + 1 && scope ? (
              <Scope money={scope} />
            ) : null}
          </div>
        );
      })}
      <div role="gridcell" />
    </div>
  );
}

/** Of which currency and rate a sum is, and what it leaves out. */
function Scope({ money }: { money: { currency: string; unconverted?: number } }) {
  const { t } = useTranslation();
  const without = money.unconverted ?? 0;
  return (
    <span className="grid-scope font-normal text-text-3" title={t("list.sumHelp")}>
      {t("list.scope", { currency: money.currency })}
      {without > 0 ? <span className="text-warning"> {t("list.unconverted", { count: without })}</span> : null}
    </span>
  );
}
