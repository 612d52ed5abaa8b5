/** What is asked, as it stands in the address. */
export const KINDS = ["month", "quarter", "year"] as const;
export type PeriodKind = (typeof KINDS)[number];

export interface ForecastSearch {
  period?: string;
  by?: PeriodKind;
  team?: string;
  as_of?: string;
}
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function parseForecastSearch(raw: Record<string, unknown>): ForecastSearch {
  const day = (value: unknown) => (typeof value === "string" && DAY.test(value) ? value : undefined);
  const by = KINDS.find((kind) => kind === raw.by);
  const [period, asOf] = [day(raw.period), day(raw.as_of)];
  return { ...(period ? { period } : {}), ...(by ? { by } : {}), ...(typeof raw.team === "string" ? { team: raw.team } : {}), ...(asOf ? { as_of: asOf } : {}) };
}
