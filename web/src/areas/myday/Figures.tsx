import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { aggregateQuery } from "~/api/records";
import { formatMoney, formatNumber, isMoney } from "~/lib/format";
import type { Condition } from "~/metadata/condition";

const mine: Condition = { field: "owner", op: "eq", value: { me: true } };
const WON: Condition = { and: [mine, { field: "outcome", op: "eq", value: "won" }, { field: "close_date", op: "within", value: { this: 1, unit: "quarter" } }] };
const OPEN: Condition = { and: [mine, { field: "stage.kind", op: "eq", value: "open" }] };
const DUE: Condition = { and: [mine, { field: "stage.kind", op: "eq", value: "open" }, { field: "close_date", op: "within", value: { this: 1, unit: "month" } }] };
const DONE: Condition = { and: [{ field: "created_by", op: "eq", value: { me: true } }, { field: "at", op: "within", value: { this: 1, unit: "week" } }] };

/** Four numbers of one's own work; each opens the rows behind it. */
export function Figures({ mayRead }: { mayRead: (object: string) => boolean }) {
  return (
    <div className="day-figures">
      {mayRead("opportunity") ? (
        <>
          <Figure name="won" object="opportunity" filter={WON} money />
          <Figure name="open" object="opportunity" filter={OPEN} money />
          <Figure name="due" object="opportunity" filter={DUE} money />
        </>
      ) : null}
      {mayRead("interaction") ? <Figure name="activities" object="interaction" filter={DONE} /> : null}
    </div>
  );
}

function Figure({ name, object, filter, money }: { name: string; object: string; filter: Condition; money?: boolean }) {
  const { t } = useTranslation();
  const result = useQuery(aggregateQuery(object, { filter, group_by: [], measures: [{ fn: "count" }, ...(money ? [{ fn: "sum", field: "amount" }] : [])] }));
  if (result.isError) return null;
  const values = result.data?.items[0]?.values;
  const count = Number(values?.[0] ?? 0);
  const sum = values?.[1];
  const text = !values ? "" : money ? (isMoney(sum) ? formatMoney({ ...sum, amount: String(Math.round(Number(sum.amount))) }) : t("value.none")) : formatNumber(count);
  return (
    <Link to="/$object" params={{ object }} search={{ filter }} className="day-figure">
      <span className="block truncate text-12 text-text-2">{t(`myday.figure.${name}`)}</span>
      <span className="flex items-baseline gap-2">
        {values ? <span className="truncate text-20 font-semibold tracking-[-.012em] tabular-nums">{text}</span> : <span className="skel my-2.5 w-24" />}
        {values && money ? <span className="shrink-0 text-12 text-text-2">{t("myday.figure.count", { count, shown: formatNumber(count) })}</span> : null}
      </span>
    </Link>
  );
}
