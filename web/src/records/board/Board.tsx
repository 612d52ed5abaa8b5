import "./board.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useNavigate } from "@tanstack/react-router";
import { screen } from "~/lib/i18n";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { archiveRecord, firstPageQuery, restoreRecord } from "~/api/records";
import type { RecordData } from "~/api/types";
import { formatNumber } from "~/lib/format";
import { cx } from "~/lib/cx";
import { usePhone } from "~/lib/media";
import type { Condition } from "~/metadata/condition";
import { both } from "~/metadata/filter";
import type { ObjectDef } from "~/metadata/model";
import { titleOf, useCan } from "~/metadata/registry";
import { useClosure, type Outcome } from "~/records/detail/closure";
import { useStages, type Stage } from "~/records/detail/stages";
import { useSave } from "~/records/detail/useSave";
import { Choose } from "~/ui/Input";
import { StageMark } from "~/ui/StageMark";
import { ErrorState } from "~/ui/States";
import { showToast } from "~/ui/Toasts";
import { BoardColumn } from "./BoardColumn";
import { DropZone } from "./DropZone";
import { useDragging } from "./drag";
import { whole } from "~/lib/sums";
import { total } from "./figures";
import { useFigures } from "./useFigures";

const CloseDialog = lazy(() => screen(import("~/records/detail/CloseDialog")));
const Peek = lazy(() => screen(import("~/records/list/Peek")));

/** The place of a card that is dropped on the archive. */
const ARCHIVE = "archive";

export interface Moved {
  record: RecordData;
  stage: string;
}

/** The pipeline as columns. Drag a card, or choose "Move to stage…" in its menu: both do the same. */
export default function Board({ object, filter, peek, onPeek }: { object: ObjectDef; filter: Condition | undefined; peek: string | undefined; onPeek: (id: string | undefined) => void }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const client = useQueryClient();
  const navigate = useNavigate();
  const can = useCan(object.name);
  const pipelines = useQuery({ ...firstPageQuery("pipeline", { sort: "name", limit: 50 }), staleTime: 300_000 });
  const [chosen, setChosen] = useState<string | null>(null);
  const usable = (pipelines.data?.items ?? []).filter((p) => p.active !== false);
  const pipeline = chosen ?? usable.find((p) => p.name === "Sales")?.id ?? usable[0]?.id ?? null;
  const { stages, error, isPending } = useStages(pipeline, pipeline !== null);
  const open = stages.filter((stage) => stage.kind === "open");
  const scope = both(filter, { field: "stage", op: "in", value: open.map((stage) => stage.id) });
  const figures = useFigures(object, scope, open);
  const [moved, setMoved] = useState<ReadonlyMap<string, Moved>>(new Map());
  const [closing, setClosing] = useState<{ record: RecordData; outcome: Outcome } | null>(null);
  const [column, setColumn] = useState<string | null>(null);
  const save = useSave(object.name);
  const closure = useClosure(object);
  const settle = async (id: string) => {
    await client.invalidateQueries({ predicate: ({ queryKey }) => ["list", "rows", "aggregate"].includes(String(queryKey[0])) && queryKey[1] === object.name });
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
  const archive = async (record: RecordData) => {
    setMoved((old) => new Map(old).set(record.id, { record, stage: ARCHIVE }));
    try {
      await archiveRecord(object.name, record.id);
      showToast({ text: t("board.archived", { what: titleOf(object, record) }), undo: () => restoreRecord(object.name, record.id).then(() => settle(record.id), refused) });
    } catch (error) {
      refused(error);
    }
    await settle(record.id);
  };
  const dragging = useDragging((record, stageId) => {
    if (stageId === ARCHIVE) return void archive(record);
    const stage = stages.find((s) => s.id === stageId);
    if (stage) void move(record, stage);
  });

  if (pipelines.isError) return <ErrorState error={asApiError(pipelines.error)} title={t("board.failed")} retry={() => void pipelines.refetch()} />;
  if (error) return <ErrorState error={asApiError(error)} title={t("board.failed")} />;
  if (isPending || pipelines.isPending) return <div className="flex-1 bg-bg" aria-busy />;
  const { byStage, known } = figures;
  const sums = total([...byStage.values()]);
  const shown = phone ? open.filter((stage) => stage.id === (column ?? open[0]?.id)) : open;
  return (
    <div className="board-wrap">
      <div className="flex min-h-10 shrink-0 items-center gap-4 overflow-hidden px-5 pt-1 text-12 whitespace-nowrap text-text-2 max-[640px]:min-h-14 max-[640px]:px-4">
        {usable.length > 1 ? <Choose aria-label={t("board.pipeline")} className="!w-44" value={pipeline ?? ""} onValue={setChosen} options={usable.map((p) => ({ value: p.id, label: String(p.name) }))} /> : null}
        {known ? (
          <span className="board-sums">
            <span>{t("board.open", { count: sums.count, shown: formatNumber(sums.count) })}</span>
            {sums.sum ? (
              <>
                <span>
                  {t("board.sum")} <strong>{whole(sums.sum)}</strong>
                </span>
                <span title={t("board.weightedHelp")}>
                  {t("board.weighted")} <strong>{whole(sums.weighted)}</strong>
                </span>
                {sums.withoutAmount ? <span>{t("board.withoutAmount", { count: sums.withoutAmount, shown: formatNumber(sums.withoutAmount) })}</span> : null}
                <span className="text-text-3" title={t("list.sumHelp")}>
                  {t("list.scope", { currency: sums.sum.currency })}
                </span>
              </>
            ) : null}
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
      <div className="list-body">
      <div className="board" data-phone={phone || undefined}>
        {shown.map((stage) => (
          <BoardColumn key={stage.id} peek={peek} onPeek={onPeek} phone={phone} object={object} stage={stage} stages={stages} filter={filter} figures={byStage.get(stage.id)} moved={moved} mayMove={can.update} dragging={dragging} onMove={(record, to) => void move(record, to)} onArchive={can.delete ? (record) => void archive(record) : null} />
        ))}
      </div>
      <Suspense>{peek && !phone ? <Peek object={object} id={peek} place={null} first last onStep={() => undefined} onOpen={(record) => void navigate({ to: "/$object/$id", params: { object: object.name, id: record.id } })} onClose={() => onPeek(undefined)} /> : null}</Suspense>
      </div>
      {dragging ? (
        <div className="drop-zones">
          {stages
            .filter((stage) => stage.kind !== "open")
            .map((stage) => (
              <DropZone key={stage.id} id={stage.id} kind={stage.kind} name={stage.name} />
            ))}
          {can.delete ? <DropZone id={ARCHIVE} kind="archive" name={t("action.archive")} /> : null}
        </div>
      ) : null}
      {closing ? <CloseDialog object={object} record={closing.record} outcome={closing.outcome} onClose={(done) => (setClosing(null), done && void settle(closing.record.id))} /> : null}
    </div>
  );
}
