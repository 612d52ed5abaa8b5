import { formatMoney, isMoney, type Money } from "~/lib/format";
import { addDecimals, digitsOf, known, weightedSum } from "~/lib/sums";

/** "€423,120" for an amount and the chance of it; whole units, because it is an estimate. */
export function weighted(value: unknown, percent: number): string | null {
  if (!isMoney(value)) return null;
  return formatMoney({ amount: weightedSum([{ amount: value.amount, percent: String(percent) }], 0), currency: value.currency });
}

export interface ColumnFigures {
  count: number;
  /** Cards whose amount is not known: they are counted, and add nothing to the sum. */
  withoutAmount: number;
  sum: Money | null;
  weighted: Money | null;
}

/** One column from groups by its chance: a sum for each chance, weighted and then added. */
export function figuresOf(groups: { percent: string; count: number; amounts: number; sum: unknown; omitted: boolean }[]): ColumnFigures {
  const sums = groups.flatMap((group) => {
    const money = known(group.sum);
    return money ? [{ percent: group.percent, money, omitted: group.omitted }] : [];
  });
  const currency = sums[0]?.money.currency;
  const counted = sums.filter((one) => !one.omitted);
  return {
    count: groups.reduce((sum, group) => sum + group.count, 0),
    withoutAmount: groups.reduce((sum, group) => sum + group.count - group.amounts, 0),
    sum: currency ? { amount: addDecimals(sums.map((one) => one.money.amount)), currency } : null,
    weighted: currency ? { amount: weightedSum(counted.map((one) => ({ amount: one.money.amount, percent: one.percent })), digitsOf(currency)), currency } : null,
  };
}

export function total(figures: ColumnFigures[]): ColumnFigures {
  const currency = figures.find((one) => one.sum)?.sum?.currency;
  const add = (pick: (one: ColumnFigures) => Money | null): Money | null => (currency ? { amount: addDecimals(figures.map((one) => pick(one)?.amount ?? "0")), currency } : null);
  return { count: figures.reduce((sum, one) => sum + one.count, 0), withoutAmount: figures.reduce((sum, one) => sum + one.withoutAmount, 0), sum: add((one) => one.sum), weighted: add((one) => one.weighted) };
}
