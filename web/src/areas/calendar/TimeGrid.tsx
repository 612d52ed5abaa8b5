import { useEffect, useRef, type CSSProperties, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "~/lib/cx";
import { formatDayShort, formatHour, formatTime } from "~/lib/format";
import { dayStart, sameDay } from "./days";
import { useDropDay } from "./drag";
import { EventBox } from "./EventBox";
import { lanesOf, type CalendarEvent } from "./events";

const HOUR_PX = 48;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const TWO_LINES_PX = 40;
const STEP_MINUTES = 15;
const FIRST_SHOWN_HOUR = 7.5;

interface GridProps {
  days: Date[];
  events: CalendarEvent[];
  now: Date;
  onOpen: (event: CalendarEvent) => void;
  onCreate: (start: Date) => void;
  onMove: (event: CalendarEvent, start: Date) => void;
  onDay: (day: Date) => void;
}

/** A day or a week against the clock; what lasts all day stands above. */
export function TimeGrid({ days, events, now, onOpen, onCreate, onMove, onDay }: GridProps) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = FIRST_SHOWN_HOUR * HOUR_PX;
  }, []);
  const columns = { "--days": days.length } as CSSProperties;
  return (
    // The hours scroll, and so must be reachable by keys.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className="cal-scroll" style={columns} tabIndex={0} role="region" aria-label={t("calendar.hours")}>
      <div className="cal-head">
        <span className="cal-zone" title={Intl.DateTimeFormat().resolvedOptions().timeZone}>
          {zoneOffset(now)}
        </span>
        {days.map((day) => (
          <div key={day.getTime()} className={cx("cal-day-head", sameDay(day, now) && "today")}>
            <button type="button" className="cal-day-name" aria-current={sameDay(day, now) ? "date" : undefined} onClick={() => onDay(day)}>
              {formatDayShort(day)}
            </button>
            <AllDay day={day} events={events.filter((event) => event.allDay && event.start <= day && event.end > day)} onOpen={onOpen} onMove={onMove} />
          </div>
        ))}
      </div>
      <div className="cal-body">
        <div className="cal-hours" aria-hidden>
          {HOURS.map((hour) => (
            <span key={hour} style={{ top: hour * HOUR_PX }}>
              {hour ? formatHour(hour) : ""}
            </span>
          ))}
        </div>
        {days.map((day) => (
          <DayColumn key={day.getTime()} day={day} now={now} events={events.filter((event) => !event.allDay && sameDay(event.start, day))} onOpen={onOpen} onCreate={onCreate} onMove={onMove} />
        ))}
      </div>
    </div>
  );
}

function AllDay({ day, events, onOpen, onMove }: { day: Date; events: CalendarEvent[] } & Pick<GridProps, "onOpen" | "onMove">) {
  const box = useRef<HTMLDivElement>(null);
  const over = useDropDay(box, (event) => {
    if (event.allDay) onMove(event, day);
  });
  return (
    <div ref={box} className={cx("cal-all-day", over && "over")}>
      {events.map((event) => (
        <EventBox key={event.key} event={event} onOpen={onOpen} />
      ))}
    </div>
  );
}

function DayColumn({ day, now, events, onOpen, onCreate, onMove }: { day: Date; now: Date; events: CalendarEvent[] } & Pick<GridProps, "onOpen" | "onCreate" | "onMove">) {
  const { t } = useTranslation();
  const column = useRef<HTMLDivElement>(null);
  const at = (top: number): Date => {
    const minutes = Math.round((Math.max(0, top) / HOUR_PX) * 60 / STEP_MINUTES) * STEP_MINUTES;
    return new Date(day.getFullYear(), day.getMonth(), day.getDate(), 0, Math.min(minutes, 23 * 60 + 45));
  };
  const over = useDropDay(column, (event, top) => onMove(event, at(top)));
  const create = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.target !== event.currentTarget) return;
    event.preventDefault();
    onCreate(at(9 * HOUR_PX));
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Enter, the button above and the menu of the page do the same
    <div ref={column} role="group" aria-label={t("calendar.dayOf", { day: formatDayShort(day) })} className={cx("cal-col", over && "over")} style={{ height: 24 * HOUR_PX }} onKeyDown={create} onClick={(event) => event.target === event.currentTarget && onCreate(at(Math.floor((event.clientY - event.currentTarget.getBoundingClientRect().top) / (HOUR_PX / 2)) * (HOUR_PX / 2)))}>
      {lanesOf(events).map(({ event, lane, lanes }) => {
        const top = ((event.start.getTime() - dayStart(day).getTime()) / 3_600_000) * HOUR_PX;
        const height = Math.max(24, ((event.end.getTime() - event.start.getTime()) / 3_600_000) * HOUR_PX - 2);
        return <EventBox key={event.key} grid={height < TWO_LINES_PX ? "short" : "tall"} event={event} onOpen={onOpen} style={{ top, height, insetInlineStart: `${(lane / lanes) * 100}%`, width: `calc(${100 / lanes}% - 4px)` }} />;
      })}
      {sameDay(day, now) ? <span className="cal-now" style={{ top: ((now.getTime() - dayStart(now).getTime()) / 3_600_000) * HOUR_PX }} title={formatTime(now)} aria-hidden /> : null}
    </div>
  );
}

/** "UTC+1": the zone that the hours are in. */
function zoneOffset(now: Date): string {
  const minutes = -now.getTimezoneOffset();
  const hours = Math.trunc(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return minutes === 0 ? "UTC" : `UTC${minutes > 0 ? "+" : "−"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}
