import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { aggregateQuery, firstPageQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { formatNumber, isMoney } from "~/lib/format";
import { cx } from "~/lib/cx";
import { usePhone } from "~/lib/media";
import type { Condition } from "~/metadata/condition";
import { both } from "~/metadata/filter";
import type { ObjectDef } from "~/metadata/model";
import { titleOf, useCan } from "~/metadata/registry";
import { CloseDialog, useClosure, type Outcome } from "~/records/detail/CloseDialog";
import { amountText, useStages, type Stage } from "~/records/detail/stages";
import { useSave } from "~/records/detail/useSave";
import { Choose } from "~/ui/Input";
import { StageMark } from "~/ui/StageMark";
import { ErrorState } from "~/ui/States";
import { showToast } from "~/ui/Toasts";
import { BoardColumn } from "./BoardColumn";
import { DropZone } from "./DropZone";
import { useDragging } from "./drag";

export interface Moved {
  record: RecordData;
  stage: string;
}
export interface ColumnFigures {
  count: number;
  sum: unknown;
}

/** The pipeline as columns. Drag a card, or choose "Move to stage…" in its menu: both do the same. */
export default function Board({ object, filter }: { object: ObjectDef; filter: Condition | undefined }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const client = useQueryClient();
  const can = useCan(object.name);
  const pipelines = useQuery({ ...firstPageQuery("pipeline", { sort: "name", limit: 50 }), staleTime: 300_000 });
  const [chosen, setChosen] = useState<string | null>(null);
  const usable = (pipelines.data?.items ?? []).filter((p) => p.active !== false);
  const pipeline = chosen ?? usable.find((p) => p.name === "Sales")?.id ?? usable[0]?.id ?? null;
  const { stages, error, isPending } = useStages(pipeline, pipeline !== null);
  const open = stages.filter((stage) => stage.kind === "open");
  const scope = both(filter, { field: "stage", op: "in", value: open.map((stage) => stage.id) });
  const figures = useQuery({ ...aggregateQuery(object.name, { filter: scope, group_by: [{ field: "stage" }], measures: [{ fn: "count" }, { fn: "sum", field: "amount" }], limit: 200 }), enabled: open.length > 0 });
  const [moved, setMoved] = useState<ReadonlyMap<string, Moved>>(new Map());
  const [closing, setClosing] = useState<{ record: RecordData; outcome: Outcome } | null>(null);
  const [column, setColumn] = useState<string | null>(null);
  const save = useSave(object.name);
  const closure = useClosure(object);
  const settle = async (id: string) => {
    await client.invalidateQueries({ predicate: ({ queryKey }) => (queryKey[0] === "list" || queryKey[0] === "aggregate") && queryKey[1] === object.name });
    setMoved((old) => new Map([...old].filter(([key]) => key !== id)));
  };
  const refused = (thrown: unknown) => {
    const problem = asApiError(thrown);
    showToast({ text: problem.errors[0]?.detail || problem.detail || t(problem.isOffline ? "state.error.offline" : "state.error.server"), failed: true });
  };

  const move = async (record: RecordData, stage: Stage) => {
    if (record.stage === stage.id) return;
    if (stage.kind === "lost") return setClosing({ record, outcome: "lost" });
    setMoved((old) => new Map(old).set(record.id, { record, stage: stage.id }));
    if (stage.kind === "won") {
      await closure(record, "won").catch(refused);
      return settle(record.id);
    }
    const outcome = await save(record, { stage: stage.id }, true);
    if (outcome.kind === "refused") refused(outcome.problem);
    else if (outcome.kind === "saved") {
      showToast({ text: t("board.moved", { what: titleOf(object, record), stage: stage.name }), undo: () => void save(outcome.record, { stage: record.stage }, true).then(() => settle(record.id)) });
    }
    await settle(record.id);
  };
  const dragging = useDragging((record, stageId) => {
    const stage = stages.find((s) => s.id === stageId);
    if (stage) void move(record, stage);
  });

  if (pipelines.isError) return <ErrorState error={asApiError(pipelines.error)} title={t("board.failed")} retry={() => void pipelines.refetch()} />;
  if (error) return <ErrorState error={asApiError(error)} title={t("board.failed")} />;
  if (isPending || pipelines.isPending) return <div className="flex-1 bg-bg" aria-busy />;
  const byStage = new Map((figures.data?.items ?? []).map((item) => [String(item.key.stage), { count: Number(item.values[0] ?? 0), sum: item.values[1] }]));
  const total = [...byStage.values()].reduce((sum, f) => sum + f.count, 0);
  const amounts = [...byStage.values()].map((f) => f.sum).filter(isMoney);
  const shown = phone ? open.filter((stage) => stage.id === (column ?? open[0]?.id)) : open;
  return (
    <div className="board-wrap">
      <div className="flex min-h-9 shrink-0 items-center gap-4 overflow-hidden px-5 text-12 whitespace-nowrap text-text-2 max-[640px]:px-4">
        {usable.length > 1 ? <Choose aria-label={t("board.pipeline")} className="!w-44" value={pipeline ?? ""} onValue={setChosen} options={usable.map((p) => ({ value: p.id, label: String(p.name) }))} /> : null}
        <span className="tabular-nums">{t("board.open", { count: total, shown: formatNumber(total) })}</span>
        {amounts.length && amounts.every((a) => a.currency === amounts[0]?.currency) ? (
          <span className="tabular-nums">
            {t("board.sum")} <span className="font-semibold text-text">{amountText({ amount: addDecimals(amounts.map((a) => a.amount)), currency: amounts[0]?.currency })}</span>
          </span>
        ) : null}
      </div>
      {phone ? (
        <div className="flex shrink-0 gap-2 overflow-x-auto px-4 pb-2" role="tablist" aria-label={t("board.stages")}>
          {open.map((stage) => {
            const on = shown[0]?.id === stage.id;
            return (
              <button key={stage.id} type="button" role="tab" aria-selected={on} className={cx("flex h-9 shrink-0 items-center gap-2 rounded-full border px-3", on ? "border-accent-line bg-accent-soft font-medium text-accent-text" : "border-line-strong bg-surface text-text-2")} onClick={() => setColumn(stage.id)}>
                <StageMark kind="open" probability={stage.probability} size={16} />
                {on ? stage.name : <span className="sr-only">{stage.name}</span>}
                <span className="tabular-nums">{byStage.get(stage.id)?.count ?? 0}</span>
              </button>
            );
          })}
        </div>
      ) : null}
      <div className="board" data-phone={phone || undefined}>
        {shown.map((stage) => (
          <BoardColumn key={stage.id} object={object} stage={stage} stages={stages} filter={filter} figures={byStage.get(stage.id)} moved={moved} mayMove={can.update} onMove={(record, to) => void move(record, to)} />
        ))}
      </div>
      {dragging ? (
        <div className="drop-zones">
          {stages
            .filter((stage) => stage.kind !== "open")
            .map((stage) => (
              <DropZone key={stage.id} stage={stage} />
            ))}
        </div>
      ) : null}
      {closing ? <CloseDialog object={object} record={closing.record} outcome={closing.outcome} onClose={(done) => (setClosing(null), done && void settle(closing.record.id))} /> : null}
    </div>
  );
}

/** Adds decimal texts without floats: money is exact. */
export function addDecimals(values: string[]): string {
  const scale = Math.max(0, ...values.map((value) => value.split(".")[1]?.length ?? 0));
  const sum = values.reduce((total, value) => {
    const [whole = "0", fraction = ""] = value.replace("-", "").split(".");
    const units = BigInt(whole + fraction.padEnd(scale, "0"));
    return value.startsWith("-") ? total - units : total + units;
  }, 0n);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return sum < 0n ? `-${text}` : text;
}
