import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PenLine } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { timelineQuery } from "~/api/records";
import type { RecordData, TimelineEntry } from "~/api/types";
import { formatMoment, formatMomentExact, formatTime, daysFromToday } from "~/lib/format";
import { modelLabel } from "~/lib/i18n";
import { useObjects } from "~/metadata/registry";
import { optionsOf, type ObjectDef } from "~/metadata/model";
import { Button } from "~/ui/Button";
import { ErrorState, useSlow } from "~/ui/States";
import { kindIcon } from "./kinds";

/** Newest first; what is still to come stands apart above. */
export function Timeline({ object, record }: { object: ObjectDef; record: RecordData }) {
  const { t } = useTranslation();
  const timeline = useInfiniteQuery(timelineQuery(object.name, record.id));
  const slow = useSlow(timeline.isPending);
  const [shown, setShown] = useState<Shown>("all");
  const loaded = timeline.data?.pages.flatMap((page) => page.items) ?? [];
  const entries = loaded.filter((entry) => shown === "all" || kindOfEntry(entry) === shown);
  if (timeline.isError && loaded.length === 0) return <ErrorState error={asApiError(timeline.error)} title={t("timeline.failed")} retry={() => void timeline.refetch()} />;
  if (timeline.isPending) return slow ? <TimelineSkeleton /> : null;
  if (loaded.length === 0) return <p className="py-6 text-text-3">{t("timeline.empty")}</p>;
  const groups = groupByTime(entries);
  return (
    <div className="pb-4">
      <div className="seg mt-3 max-w-full overflow-x-auto" role="group" aria-label={t("timeline.filter")}>
        {SHOWN.map((one) => (
          <button key={one} type="button" aria-pressed={shown === one} onClick={() => setShown(one)}>
            {t(`timeline.show.${one}`)}
          </button>
        ))}
      </div>
      {entries.length === 0 ? <p className="py-6 text-text-3">{t(timeline.hasNextPage ? "timeline.noneLoaded" : "timeline.noneOfKind")}</p> : null}
      {groups.map((group) => (
        <section key={group.key} aria-label={t(`timeline.group.${group.key}`)}>
          <h2 className="pt-3 pb-1 text-12 font-medium text-text-3">{t(`timeline.group.${group.key}`)}</h2>
          <ol>
            {group.entries.map((entry) => (
              <Entry key={`${entry.object}/${entry.id}/${entry.at}`} entry={entry} today={group.key === "today"} self={record.id} />
            ))}
          </ol>
        </section>
      ))}
      {timeline.hasNextPage ? (
        <Button small busy={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>
          {t("timeline.older")}
        </Button>
      ) : null}
    </div>
  );
}

type Shown = "all" | "contact" | "meeting" | "task" | "note" | "change";
const SHOWN: Shown[] = ["all", "contact", "meeting", "task", "note", "change"];

/** Which of the choices above an entry belongs to. */
export function kindOfEntry(entry: Pick<TimelineEntry, "object" | "kind">): Shown {
  if (entry.object === "meeting" || entry.kind === "meeting") return "meeting";
  if (entry.object === "task") return "task";
  if (entry.object === "note" || entry.object === "comment") return "note";
  return entry.object === "interaction" ? "contact" : "change";
}

type GroupKey = "upcoming" | "today" | "week" | "month" | "year" | "before";
const ORDER: GroupKey[] = ["upcoming", "today", "week", "month", "year", "before"];

export function groupByTime(entries: TimelineEntry[], now = new Date()): { key: GroupKey; entries: TimelineEntry[] }[] {
  const keyOf = (entry: TimelineEntry): GroupKey => {
    const at = new Date(entry.at);
    const days = daysFromToday(at, now);
    if (days > 0 || (days === 0 && at > now && entry.object !== "note")) return "upcoming";
    if (days === 0) return "today";
    if (days > -7) return "week";
    if (days > -31) return "month";
    return at.getFullYear() === now.getFullYear() ? "year" : "before";
  };
  return ORDER.map((key) => {
    const own = entries.filter((entry) => keyOf(entry) === key);
    return { key, entries: key === "upcoming" ? own.reverse() : own };
  }).filter((group) => group.entries.length > 0);
}

function Entry({ entry, today, self }: { entry: TimelineEntry; today: boolean; self: string }) {
  const { t } = useTranslation();
  const objects = useObjects();
  const Icon = kindIcon(entry.object, entry.kind);
  const object = objects.find((o) => o.name === entry.object);
  const kind = t(`kind.${entry.kind}`, { defaultValue: object ? modelLabel(object.label) : entry.kind });
  const by = typeof entry.by === "object" ? entry.by?.name : null;
  const title = entry.title || kind;
  const body = entry.body && entry.body !== entry.title ? entry.body : "";
  // A change of state is one quiet line: what it became, by whom, when.
  if (entry.object === "state_change") {
    return (
      <li className="te change">
        <PenLine size={14} className="mx-auto mt-1 text-text-3" aria-hidden />
        <div className="flex min-w-0 items-center gap-2 text-text-2">
          <span className="min-w-0 truncate">
            {by ? <span className="text-text">{by} </span> : null}
            {t("timeline.becameState")} <span className="font-medium text-text">{stateWord(title, objects)}</span>
          </span>
          <time className="ms-auto shrink-0 text-12 text-text-3" dateTime={entry.at} title={formatMomentExact(entry.at)}>
            {today ? formatTime(entry.at) : formatMoment(entry.at)}
          </time>
        </div>
      </li>
    );
  }
  return (
    <li className="te">
      <span className="te-disc" aria-hidden>
        <Icon size={14} />
      </span>
      <div className="min-w-0 pb-1">
        <div className="flex min-h-7 items-center gap-2">
          <span className="min-w-0 truncate">
            {title !== kind ? <span className="text-text-3">{kind}: </span> : null}
            {entry.id === self ? (
              <span className="font-medium" dir="auto">
                {title}
              </span>
            ) : (
              <Link to="/$object/$id" params={{ object: entry.object, id: entry.id }} className="font-medium hover:underline" dir="auto">
                {title}
              </Link>
            )}
            {by ? <span className="text-text-3"> {by}</span> : null}
          </span>
          <time className="ms-auto shrink-0 text-12 text-text-3" dateTime={entry.at} title={formatMomentExact(entry.at)}>
            {today ? formatTime(entry.at) : formatMoment(entry.at)}
          </time>
        </div>
        {body ? (
          <p className="line-clamp-4 break-words whitespace-pre-line text-text-2" dir="auto">
            {body}
          </p>
        ) : null}
      </div>
    </li>
  );
}

/** A stage has its own name; a status comes as its stored value and is said by the label of its choice. */
function stateWord(value: string, objects: ObjectDef[]): string {
  const options = objects.flatMap((object) => object.fields.filter((field) => field.name === "status" || field.name === "lifecycle_stage").flatMap(optionsOf));
  const option = options.find((one) => one.value === value);
  return option ? modelLabel(option.label) : value;
}

function TimelineSkeleton() {
  return (
    <div aria-busy className="flex flex-col gap-4 pt-6">
      {[70, 50, 60, 40].map((width) => (
        <div key={width} className="flex items-center gap-3">
          <span className="skel size-7 rounded-full" />
          <span className="skel" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}
