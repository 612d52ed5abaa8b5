import "./calendar.css";
import { ChevronLeft, ChevronRight, Plus } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { screen } from "~/lib/i18n";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { rightsQuery } from "~/api/session";
import { useClock } from "~/lib/clock";
import { isoDate } from "~/lib/dateInput";
import { formatDayLong, formatMonth, formatRange, parseDate } from "~/lib/format";
import { useKeys } from "~/lib/keyboard";
import { usePhone } from "~/lib/media";
import { firstWeekday, usePreferences } from "~/lib/preferences";
import { useCan } from "~/metadata/registry";
import { Button, IconButton } from "~/ui/Button";
import { Note } from "~/ui/Note";
import { ErrorState } from "~/ui/States";
import { Agenda } from "./Agenda";
import { addDays, shownDays, step, VIEWS } from "./days";
import type { CalendarEvent } from "./events";
import { MonthGrid } from "./MonthGrid";
import type { CalendarSearch } from "./search";
import { TimeGrid } from "./TimeGrid";
import { useEvents } from "./useEvents";
import { useMove } from "./useMove";

const EventDialog = lazy(() => screen(import("./EventDialog")));
const ActivityDialog = lazy(() => screen(import("~/records/timeline/ActivityDialog")));

/** Meetings and due tasks by day, week, month or as a list. What is shown stands in the address. */
export function CalendarPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const phone = usePhone();
  const now = useClock(60_000);
  usePreferences();
  const search = useSearch({ strict: false }) as CalendarSearch;
  const view = search.view ?? (phone ? "agenda" : "week");
  const on = search.on ? parseDate(search.on) : now;
  const days = shownDays(view, on, firstWeekday());
  const [first, last] = [days[0] ?? on, days[days.length - 1] ?? on];
  const rights = useQuery(rightsQuery).data;
  const may = { meeting: rights?.objects.meeting?.read === true, task: rights?.objects.task?.read === true };
  const { events, error, isPending, retry, cut } = useEvents(first, addDays(last, 1), search.who === "all", may);
  const move = useMove();
  const canMove = { meeting: useCan("meeting").update, task: useCan("task").update };
  const canCreate = useCan("meeting").create;
  const [opened, setOpened] = useState<CalendarEvent | null>(null);
  const [creating, setCreating] = useState<Date | null>(null);
  const go = (change: CalendarSearch) => void navigate({ to: "/calendar", search: { ...search, ...change }, replace: true });
  const goDay = (day: Date) => go({ view: "day", on: isoDate(day) });
  const turn = (by: 1 | -1) => go({ on: isoDate(step(view, on, by)) });
  useKeys({ ArrowLeft: () => turn(-1), ArrowRight: () => turn(1), d: () => go({ view: "day" }), w: () => go({ view: "week" }), m: () => go({ view: "month" }), a: () => go({ view: "agenda" }), ...(canCreate ? { c: (event) => (event.preventDefault(), setCreating(nextHour(now))) } : {}) });
  const title = view === "day" ? formatDayLong(on) : view === "month" ? formatMonth(on) : formatRange(first, last);
  const onCreate = (start: Date) => canCreate && setCreating(start);
  const onMove = (event: CalendarEvent, start: Date) => void (canMove[event.object] && move(event, start));
  return (
    <>
      <header className="top">
        <h1>{t("calendar.title")}</h1>
        <span className="no-phone truncate text-text-2" aria-live="polite">{title}</span>
        <span className="ms-auto flex items-center gap-1">
          <IconButton label={t("calendar.before")} hint="←" onClick={() => turn(-1)}>
            <ChevronLeft size={16} className="rtl:-scale-x-100" />
          </IconButton>
          <Button small onClick={() => go({ on: undefined })}>
            {t("timeline.in.0")}
          </Button>
          <IconButton label={t("calendar.after")} hint="→" onClick={() => turn(1)}>
            <ChevronRight size={16} className="rtl:-scale-x-100" />
          </IconButton>
        </span>
        {canCreate ? (
          <Button look="primary" className="no-phone" icon={<Plus size={16} />} onClick={() => setCreating(nextHour(now))}>
            {t("timeline.addMeeting")}
          </Button>
        ) : null}
      </header>
      <div className="bar">
        <span className="seg" role="group" aria-label={t("list.view")}>
          {VIEWS.map((one) => (
            <button key={one} type="button" aria-pressed={view === one} onClick={() => go({ view: one })}>
              {t(`calendar.view.${one}`)}
            </button>
          ))}
        </span>
        <span className="seg ms-auto" role="group" aria-label={t("calendar.whose")}>
          <button type="button" aria-pressed={search.who !== "all"} onClick={() => go({ who: undefined })}>
            {t("calendar.mine")}
          </button>
          <button type="button" aria-pressed={search.who === "all"} onClick={() => go({ who: "all" })}>
            {t("calendar.all")}
          </button>
        </span>
      </div>
      {cut ? (
        <div className="px-5 py-2">
          <Note tone="war">{t("calendar.cut")}</Note>
        </div>
      ) : null}
      {error && events.length === 0 ? (
        <ErrorState error={asApiError(error)} title={t("calendar.failed")} retry={retry} />
      ) : view === "month" ? (
        <MonthGrid days={days} month={on.getMonth()} events={events} now={now} onOpen={setOpened} onMove={onMove} onDay={goDay} />
      ) : view === "agenda" ? (
        isPending ? null : <Agenda days={days} events={events} now={now} onOpen={setOpened} />
      ) : (
        <TimeGrid key={view} days={days} events={events} now={now} onOpen={setOpened} onCreate={onCreate} onMove={onMove} onDay={goDay} />
      )}
      <Suspense>
        {opened ? <EventDialog key={opened.key} event={opened} mayMove={canMove[opened.object]} onMove={onMove} onClose={() => setOpened(null)} /> : null}
        {creating ? <ActivityDialog kind="meeting" on={null} start={{ day: isoDate(creating), time: clockOf(creating) }} onClose={() => setCreating(null)} /> : null}
      </Suspense>
    </>
  );
}

function nextHour(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate(), now.getHours() + 1);
}
const clockOf = (date: Date): string => `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
