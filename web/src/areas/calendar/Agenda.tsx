import { useTranslation } from "react-i18next";
import { CalendarDays } from "lucide-react";
import { cx } from "~/lib/cx";
import { formatDayLong, formatTime } from "~/lib/format";
import { EmptyState } from "~/ui/States";
import { sameDay } from "./days";
import { EventBox } from "./EventBox";
import type { CalendarEvent } from "./events";

/** Days that hold something, one below the other: what a phone shows best. */
export function Agenda({ days, events, now, onOpen }: { days: Date[]; events: CalendarEvent[]; now: Date; onOpen: (event: CalendarEvent) => void }) {
  const { t } = useTranslation();
  const filled = days.map((day) => ({ day, own: events.filter((event) => (event.allDay ? event.start <= day && event.end > day : sameDay(event.start, day))) })).filter(({ own }) => own.length > 0);
  if (filled.length === 0) return <EmptyState icon={<CalendarDays size={20} />} title={t("calendar.empty.title")} text={t("calendar.empty.text")} />;
  return (
    <div className="scroll">
      {filled.map(({ day, own }) => (
        <section key={day.getTime()} className="cal-agenda" aria-label={formatDayLong(day)}>
          <h2 className={cx("text-12 font-semibold", sameDay(day, now) ? "text-accent-text" : "text-text-2")}>{formatDayLong(day)}</h2>
          <ol>
            {own.map((event) => (
              <li key={event.key} className="flex min-h-9 items-center gap-3 border-b border-line last:border-0">
                <span className="w-24 shrink-0 text-12 text-text-2 tabular-nums">{event.allDay ? t(event.object === "task" ? "calendar.due" : "calendar.allDay") : `${formatTime(event.start)}–${formatTime(event.end)}`}</span>
                <EventBox bare event={event} onOpen={onOpen} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}
