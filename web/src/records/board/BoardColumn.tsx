import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { listQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { formatNumber } from "~/lib/format";
import { cx } from "~/lib/cx";
import { modelWord } from "~/lib/i18n";
import type { Condition } from "~/metadata/condition";
import { both } from "~/metadata/filter";
import { fieldOf, type ObjectDef } from "~/metadata/model";
import { useCan } from "~/metadata/registry";
import { amountText, type Stage } from "~/records/detail/stages";
import { useShell } from "~/records/shellContext";
import { Button, IconButton } from "~/ui/Button";
import { StageMark } from "~/ui/StageMark";
import { BoardCard } from "./BoardCard";
import type { ColumnFigures, Moved } from "./Board";
import { useDropTarget } from "./drag";

const CARDS = 30;
const FIELDS = ["account", "contact", "amount", "close_date", "next_step", "owner", "stage", "stage_entered_at", "probability", "version"];

export function BoardColumn({ object, stage, stages, filter, figures, moved, mayMove, onMove }: { object: ObjectDef; stage: Stage; stages: Stage[]; filter: Condition | undefined; figures: ColumnFigures | undefined; moved: ReadonlyMap<string, Moved>; mayMove: boolean; onMove: (record: RecordData, stage: Stage) => void }) {
  const { t } = useTranslation();
  const ref = useRef<HTMLElement>(null);
  const over = useDropTarget(ref, stage.id);
  const { create } = useShell();
  const can = useCan(object.name);
  const sort = fieldOf(object, "close_date") ? "close_date" : object.title;
  const fields = ["id", object.title, ...FIELDS.filter((name) => fieldOf(object, name))];
  const include = ["account", "contact", "owner"].filter((name) => fieldOf(object, name));
  const list = useInfiniteQuery(listQuery(object.name, { filter: both(filter, { field: "stage", op: "eq", value: stage.id }), sort, limit: CARDS, fields, include }));
  const loaded = list.data?.pages.flatMap((page) => page.items) ?? [];
  // A card that was just dropped is shown in its new place before the server has answered.
  const arrived = [...moved.values()].filter((m) => m.stage === stage.id && !loaded.some((r) => r.id === m.record.id)).map((m) => m.record);
  const cards = [...arrived, ...loaded.filter((record) => (moved.get(record.id)?.stage ?? stage.id) === stage.id)];
  const headId = `stage-${stage.id}`;
  return (
    <section ref={ref} className={cx("column", over && "over")} aria-labelledby={headId}>
      <header className="column-head">
        <div className="flex min-h-7 items-center gap-2">
          <span className="text-accent-text">
            <StageMark kind="open" probability={stage.probability} size={16} />
          </span>
          <h2 className="min-w-0 truncate font-medium" id={headId} title={stage.guidance || stage.name}>
            {stage.name}
          </h2>
          <span className="cnt">{formatNumber(figures?.count ?? 0)}</span>
          {can.create ? (
            <IconButton className="ms-auto" label={t("board.newIn", { what: modelWord(object.label), stage: stage.name })} onClick={() => create(object.name, { stage: stage.id, pipeline: stage.pipeline })}>
              <Plus size={16} />
            </IconButton>
          ) : null}
        </div>
        <div className="min-h-4 text-12 font-semibold tabular-nums">{amountText(figures?.sum)}</div>
      </header>
      {/* A list that scrolls can be reached by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="column-body" tabIndex={0} role="group" aria-labelledby={headId}>
        {cards.map((record) => (
          <BoardCard key={record.id} object={object} record={record} stage={stage} stages={stages} mayMove={mayMove} onMove={onMove} />
        ))}
        {list.isError ? <p className="p-2 text-12 text-danger">{asApiError(list.error).detail || t("state.error.list")}</p> : null}
        {list.isPending ? [1, 2, 3].map((i) => <div key={i} className="card h-24" aria-hidden />) : null}
        {list.hasNextPage ? (
          <Button small look="quiet" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("board.more", { shown: formatNumber(Math.max(0, (figures?.count ?? 0) - loaded.length)) })}
          </Button>
        ) : null}
        {list.isSuccess && cards.length === 0 ? <p className="px-2 py-3 text-12 text-text-3">{t("board.empty")}</p> : null}
      </div>
    </section>
  );
}
