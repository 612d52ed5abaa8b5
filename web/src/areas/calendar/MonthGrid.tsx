import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "~/lib/cx";
import { formatDayLong, formatWeekday } from "~/lib/format";
import { sameDay } from "./days";
import { useDropDay } from "./drag";
import { EventBox } from "./EventBox";
import type { CalendarEvent } from "./events";

const SHOWN = 3;

interface MonthProps {
  days: Date[];
  month: number;
  events: CalendarEvent[];
  now: Date;
  onOpen: (event: CalendarEvent) => void;
  onMove: (event: CalendarEvent, start: Date) => void;
  onDay: (day: Date) => void;
}

/** Six weeks; a day that holds more says how many and opens. */
export function MonthGrid({ days, month, events, now, onOpen, onMove, onDay }: MonthProps) {
  return (
    <div className="cal-month">
      {days.slice(0, 7).map((day) => (
        <span key={day.getDay()} className="cal-weekday">
          {formatWeekday(day)}
        </span>
      ))}
      {days.map((day) => (
        <Cell key={day.getTime()} day={day} outside={day.getMonth() !== month} events={events.filter((event) => (event.allDay ? event.start <= day && event.end > day : sameDay(event.start, day)))} now={now} onOpen={onOpen} onMove={onMove} onDay={onDay} />
      ))}
    </div>
  );
}

function Cell({ day, outside, events, now, onOpen, onMove, onDay }: { day: Date; outside: boolean } & Omit<MonthProps, "days" | "month">) {
  const { t } = useTranslation();
  const cell = useRef<HTMLDivElement>(null);
  const over = useDropDay(cell, (event) => onMove(event, new Date(day.getFullYear(), day.getMonth(), day.getDate(), event.start.getHours(), event.start.getMinutes())));
  const shown = events.length > SHOWN ? events.slice(0, SHOWN - 1) : events;
  return (
    <div ref={cell} className={cx("cal-cell", outside && "outside", over && "over")}>
      <button type="button" className={cx("cal-date", sameDay(day, now) && "today")} aria-label={formatDayLong(day)} aria-current={sameDay(day, now) ? "date" : undefined} onClick={() => onDay(day)}>
        {day.getDate()}
      </button>
      {shown.map((event) => (
        <EventBox key={event.key} event={event} onOpen={onOpen} />
      ))}
      {events.length > shown.length ? (
        <button type="button" className="link min-h-6 px-1 text-start text-12" onClick={() => onDay(day)}>
          {t("calendar.more", { count: events.length - shown.length })}
        </button>
      ) : null}
    </div>
  );
}
