import { queryOptions } from "@tanstack/react-query";
import { get } from "~/api/client";
import type { Money } from "~/lib/format";
import type { Condition } from "~/metadata/condition";
import type { ForecastSearch, PeriodKind } from "./search";

export interface Column {
  deals: number;
  amount: Money;
  /** Not known: counted as nothing. */
  without_amount: number;
  /** In a currency without a rate: counted as nothing. */
  unconverted: number;
}
interface Rate {
  won: number;
  lost: number;
  rate: string | null;
  open?: number;
}
export type ColumnName = "closed" | "closed_from_before" | "closed_born_inside" | "commit" | "best_case" | "open_pipeline" | "omitted" | "without_close_date" | "past_close_date";
export type Columns = Record<ColumnName, Column> & { weighted: Money; win_rate: Record<"by_close" | "by_creation" | "so_far", Rate> };
export type Judged = "commit" | "best_case";
export interface Override {
  id: string;
  amount: Money;
  by: Named | null;
  reason: string;
  calculated_then: Money | null;
  stale: boolean;
}
export interface Named {
  id: string;
  name: string;
}
export interface Standing {
  total: Columns;
  rolls_up: Record<Judged, Money>;
  quota: Money | null;
  attainment: string | null;
  coverage: string | null;
}
export interface Line extends Standing {
  person: Named | null;
  team: Named | null;
  own: Columns;
  overrides: Partial<Record<Judged, Override>>;
  children: Line[];
}
export interface Forecast {
  period: { kind: PeriodKind; start: string; end: string };
  today: string;
  as_of: string | null;
  currency: string;
  time_zone: string;
  fiscal_start: number;
  total: Standing;
  items: Line[];
  list_value: { deals: number; without_price: number; amount: Money; weighted: Money | null } | null;
  unconverted: { deals: number; items: { id: string; name: string; amount: Money }[] };
}
export interface Moved extends Column {
  name: string;
  sign: 1 | -1;
  filter?: Condition | null;
}
export interface Movement {
  start: Column;
  lines: Moved[];
  end: Column;
}
export const forecastQuery = (search: ForecastSearch) => queryOptions({ queryKey: ["forecast", search], queryFn: ({ signal }) => get<Forecast>("/forecast", { ...search }, signal), staleTime: 15_000 });
export const movementQuery = (search: ForecastSearch, from: string, to: string) =>
  queryOptions({ queryKey: ["forecast", "movement", search, from, to], queryFn: ({ signal }) => get<Movement>("/forecast/movement", { period: search.period, by: search.by, team: search.team, from, to }, signal), staleTime: 60_000 });

/** A line as it stands in the table: how deep, and under whom. */
export interface Placed {
  line: Line;
  depth: number;
  above: Named | null;
  key: string;
}
export const keyOf = (line: Line): string => line.person?.id ?? "nobody";

export function placed(items: Line[], folded: ReadonlySet<string>, depth = 0, above: Named | null = null): Placed[] {
  return items.flatMap((line) => {
    const key = keyOf(line);
    return [{ line, depth, above, key }, ...(folded.has(key) ? [] : placed(line.children, folded, depth + 1, line.person))];
  });
}
const people = (line: Line): string[] => [...(line.person ? [line.person.id] : []), ...line.children.flatMap(people)];

/** The deals behind a number, as a condition for the list of opportunities. */
export function behind(column: ColumnName, forecast: Forecast, line: Line | null): Condition {
  const test = (field: string, op: string, value: unknown) => ({ field, op, value }) as Condition;
  const { start, end } = forecast.period;
  const open = test("outcome", "is_empty", true);
  const inside = [test("close_date", "gte", start), test("close_date", "lte", end)];
  const won = { and: [...inside, test("outcome", "eq", "won")] } as Condition;
  const later = test("close_date", "gte", start > forecast.today ? start : forecast.today);
  const of = (...categories: string[]) => ({ and: [open, ...inside, later, test("forecast_category", "in", categories)] }) as Condition;
  const conditions: Partial<Record<ColumnName, Condition>> = {
    closed: won,
    commit: { or: [won, of("commit")] },
    best_case: { or: [won, of("commit", "best_case")] },
    open_pipeline: of("pipeline", "best_case", "commit"),
    omitted: of("omitted"),
    without_close_date: { and: [open, test("close_date", "is_empty", true)] },
    past_close_date: { and: [open, test("close_date", "lt", forecast.today)] },
  };
  const what = conditions[column] ?? won;
  if (!line) return what;
  return { and: [what, line.person ? test("owner", "in", people(line)) : test("owner", "is_empty", true)] };
}

/** A day before or after, in the calendar. */
export function nextDay(day: string, by: 1 | -1): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + by);
  return date.toISOString().slice(0, 10);
}
