import { CircleCheck, Repeat } from "lucide-react";
import { useRef, type CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "~/lib/cx";
import { formatTime } from "~/lib/format";
import { titleOf, useObject } from "~/metadata/registry";
import type { RecordData } from "~/api/types";
import { useDraggable } from "./drag";
import type { CalendarEvent } from "./events";

/** One event, as a line of a month or a box of the day's grid. A press opens it; it can be dragged unless it repeats. */
export function EventBox({ event, style, grid, bare, onOpen }: { event: CalendarEvent; style?: CSSProperties; /** In the grid of hours: one line or several. */ grid?: "short" | "tall"; /** The time stands beside it already. */ bare?: boolean; onOpen: (event: CalendarEvent) => void }) {
  const { t } = useTranslation();
  const account = useObject("account");
  const box = useRef<HTMLDivElement>(null);
  const lifted = useDraggable(box, event);
  const title = event.title || t("kind.meeting");
  const who = titleOf(account, event.record.account_record as RecordData | null);
  const time = event.allDay ? "" : formatTime(event.start);
  return (
    <div ref={box} className={cx("ev", event.object, grid && "grid-ev", grid, event.done && "done", lifted && "lifted")} style={style}>
      <button type="button" className="ev-b" title={[time, title, who].filter(Boolean).join(" ")} onClick={() => onOpen(event)}>
        {event.object === "task" ? <CircleCheck size={12} aria-hidden /> : event.series ? <Repeat size={12} aria-hidden /> : null}
        {time && !grid && !bare ? <span className="shrink-0 tabular-nums">{time}</span> : null}
        <span className="min-w-0 truncate font-medium" dir="auto">
          {title}
        </span>
        {grid ? (
          <span className="detail min-w-0 truncate" dir="auto">
            {[time, who].filter(Boolean).join(" ")}
          </span>
        ) : null}
      </button>
    </div>
  );
}
