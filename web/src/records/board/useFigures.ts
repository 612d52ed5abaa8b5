import { useQuery } from "@tanstack/react-query";
import { aggregateQuery } from "~/api/records";
import type { Condition } from "~/metadata/condition";
import { fieldOf, type ObjectDef } from "~/metadata/model";
import type { Stage } from "~/records/detail/stages";
import { figuresOf, type ColumnFigures } from "./figures";

const MOST_GROUPS = 500;

/** Count, sum and weighted sum of each column in one question: grouped by stage and by the chance each deal has. */
export function useFigures(object: ObjectDef, filter: Condition | undefined, open: Stage[]): { byStage: ReadonlyMap<string, ColumnFigures>; error: Error | null; known: boolean } {
  const has = (name: string) => {
    const field = fieldOf(object, name);
    return field !== undefined && !field.masked && !field.hidden;
  };
  const amount = has("amount");
  const chance = has("probability");
  const category = has("forecast_category");
  const group_by = [{ field: "stage" }, ...(chance ? [{ field: "probability" }] : []), ...(category ? [{ field: "forecast_category" }] : [])];
  const measures = [{ fn: "count" }, ...(amount ? [{ fn: "count", field: "amount" }, { fn: "sum", field: "amount" }] : [])];
  const query = useQuery({ ...aggregateQuery(object.name, { filter, group_by, measures, limit: MOST_GROUPS }), enabled: open.length > 0, placeholderData: (before) => before });
  const items = query.data?.items ?? [];
  const byStage = new Map(
    open.map((stage) => [
      stage.id,
      figuresOf(
        items
          .filter((item) => item.key.stage === stage.id)
          .map((item) => ({
            percent: typeof item.key.probability === "string" ? item.key.probability : String(stage.probability),
            count: Number(item.values[0] ?? 0),
            amounts: amount ? Number(item.values[1] ?? 0) : Number(item.values[0] ?? 0),
            sum: item.values[2] ?? null,
            omitted: item.key.forecast_category === "omitted",
          })),
      ),
    ]),
  );
  return { byStage, error: query.error, known: query.data !== undefined };
}
