import { useQuery } from "@tanstack/react-query";
import { firstPageQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { isEmpty } from "~/fields";
import { formatMoney, isMoney } from "~/lib/format";
import { fieldOf, isWritable, type FieldDef, type ObjectDef } from "~/metadata/model";

export interface Stage {
  id: string;
  name: string;
  kind: "open" | "won" | "lost";
  position: number;
  probability: number;
  rottingDays: number | null;
  guidance: string;
  /** Names of fields that must be filled to enter. */
  requiredFields: string[];
  pipeline: string;
}

export function stageOf(record: RecordData): Stage {
  const kind = record.kind === "won" || record.kind === "lost" ? record.kind : "open";
  return {
    id: record.id,
    name: String(record.name ?? ""),
    kind,
    position: Number(record.position ?? 0),
    probability: Number(record.probability ?? 0),
    rottingDays: typeof record.rotting_days === "number" ? record.rotting_days : null,
    guidance: typeof record.guidance === "string" ? record.guidance : "",
    requiredFields: typeof record.required_fields === "string" ? record.required_fields.split(",").map((name) => name.trim()).filter(Boolean) : [],
    pipeline: typeof record.pipeline === "string" ? record.pipeline : "",
  };
}

/** The stages of a pipeline in order; all pipelines while none is known. */
export function useStages(pipeline: string | null, enabled = true): { stages: Stage[]; isPending: boolean; error: unknown } {
  const page = useQuery({ ...firstPageQuery("stage", { filter: pipeline ? { field: "pipeline", op: "eq", value: pipeline } : undefined, sort: "position", limit: 200 }), enabled, staleTime: 5 * 60_000 });
  return { stages: (page.data?.items ?? []).map(stageOf), isPending: page.isPending, error: page.error };
}

const DAY = 86_400_000;

/** Whole days since the stage was entered, null when that is not known. */
export function daysInStage(record: RecordData, now = Date.now()): number | null {
  const at = typeof record.stage_entered_at === "string" ? Date.parse(record.stage_entered_at) : NaN;
  return Number.isNaN(at) ? null : Math.max(0, Math.floor((now - at) / DAY));
}

export function amountText(value: unknown): string {
  return isMoney(value) ? formatMoney(value) : "";
}

/** Fields that a stage asks for and that are still empty. */
export function askedBy(object: ObjectDef, record: RecordData, stage: Stage): FieldDef[] {
  return stage.requiredFields.map((name) => fieldOf(object, name)).filter((field): field is FieldDef => field !== undefined && isWritable(field) && isEmpty(record[field.name]));
}
