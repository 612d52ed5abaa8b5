import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useEffect, useRef } from "react";
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
import type { Stage } from "~/records/detail/stages";
import { useShell } from "~/records/shellContext";
import { Button, IconButton } from "~/ui/Button";
import { StageMark } from "~/ui/StageMark";
import { BoardCard } from "./BoardCard";
import type { Moved } from "./Board";
import { useDropTarget } from "./drag";
import { whole } from "~/lib/sums";
import type { ColumnFigures } from "./figures";

const CARDS = 30;
const AHEAD_PX = 600;
const FIELDS = ["account", "contact", "amount", "close_date", "next_step", "owner", "stage", "stage_entered_at", "probability", "version", "archived_at"];

export interface BoardColumnProps {
  object: ObjectDef;
  stage: Stage;
  stages: Stage[];
  filter: Condition | undefined;
  figures: ColumnFigures | undefined;
  moved: ReadonlyMap<string, Moved>;
  mayMove: boolean;
  phone: boolean;
  /** A card is in the air. */
  dragging: boolean;
  peek: string | undefined;
  onPeek: (id: string | undefined) => void;
  onMove: (record: RecordData, stage: Stage) => void;
  onArchive: ((record: RecordData) => void) | null;
}

export function BoardColumn({ object, stage, stages, filter, figures, moved, mayMove, phone, dragging, peek, onPeek, onMove, onArchive }: BoardColumnProps) {
  const { t } = useTranslation();
  const ref = useRef<HTMLElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
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
  // The next cards come before the end of the column is reached.
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  useEffect(() => {
    const mark = end.current;
    if (!mark || !hasNextPage || isFetchingNextPage || typeof IntersectionObserver === "undefined") return;
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && void fetchNextPage(), { root: body.current, rootMargin: `${AHEAD_PX}px 0px` });
    watch.observe(mark);
    return () => watch.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, loaded.length]);
  const without = figures?.withoutAmount ?? 0;
  return (
    <section ref={ref} className={cx("column", over && "over")} aria-labelledby={headId}>
      <header className="column-head">
        <div className="flex min-h-7 items-center gap-2">
          <span className="text-accent-text">
            <StageMark kind="open" probability={stage.probability} size={16} />
          </span>
          <h2 className="min-w-0 shrink-0 truncate font-medium" id={headId} title={stage.guidance || stage.name}>
            {stage.name}
          </h2>
          <span className="cnt">{figures ? formatNumber(figures.count) : ""}</span>
          {without > 0 ? (
            <span className="min-w-0 truncate text-11 text-text-3" title={t("board.withoutAmountHelp")}>
              {t("board.without", { shown: formatNumber(without) })}
            </span>
          ) : null}
          {can.create ? (
            <IconButton className="ms-auto" label={t("board.newIn", { what: modelWord(object.label), stage: stage.name })} onClick={() => create(object.name, { stage: stage.id, pipeline: stage.pipeline })}>
              <Plus size={16} />
            </IconButton>
          ) : null}
        </div>
        <div className="flex min-h-4 items-baseline gap-2 text-12 tabular-nums">
          <span className="font-semibold">{whole(figures?.sum ?? null)}</span>
          {figures?.weighted ? (
            <span className="ms-auto truncate text-text-2" title={t("board.weightedHelp")}>
              {t("board.weightedOf", { amount: whole(figures.weighted) })}
            </span>
          ) : null}
        </div>
      </header>
      {/* A list that scrolls can be reached by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={body} className="column-body" tabIndex={0} role="group" aria-labelledby={headId}>
        {over && dragging ? <div className="card-place" aria-hidden /> : null}
        {cards.map((record) => (
          <BoardCard key={record.id} object={object} record={record} stage={stage} stages={stages} mayMove={mayMove} phone={phone} open={peek === record.id} onPeek={onPeek} onMove={onMove} onArchive={onArchive} />
        ))}
        {list.isError ? (
          <div className="flex flex-col items-start gap-2 p-2 text-12 text-danger" role="alert">
            {asApiError(list.error).detail || t(asApiError(list.error).isOffline ? "state.error.offline" : "state.error.server")}
            <Button small onClick={() => void list.refetch()}>
              {t("action.tryAgain")}
            </Button>
          </div>
        ) : null}
        {list.isPending ? [1, 2, 3].map((i) => <div key={i} className="card h-24" aria-hidden />) : null}
        {hasNextPage ? (
          <div ref={end} className="py-1">
            <Button small look="quiet" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {t("board.more", { shown: formatNumber(Math.max(0, (figures?.count ?? 0) - loaded.length)) })}
            </Button>
          </div>
        ) : null}
        {list.isSuccess && cards.length === 0 && !over ? <p className="px-2 py-3 text-12 text-text-3">{t("board.empty")}</p> : null}
      </div>
    </section>
  );
}
