import { parseDate } from "@internationalized/date";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button, Calendar, CalendarCell, CalendarGrid, CalendarGridBody, CalendarGridHeader, CalendarHeaderCell, Heading, I18nProvider } from "react-aria-components";
import { locale } from "~/lib/format";

/** A month to pick a day from; loaded only when somebody opens it. Weeks start on Monday. */
export default function MonthCalendar({ value, onChange }: { value: string | null; onChange: (iso: string) => void }) {
  return (
    <I18nProvider locale={locale()}>
      <Calendar className="w-64 p-3" defaultValue={value ? parseDate(value) : null} onChange={(day) => onChange(day.toString())} firstDayOfWeek="mon" autoFocus>
        <header className="flex items-center gap-1 pb-2">
          <Heading className="flex-1 ps-1 font-semibold" />
          <Button slot="previous" className="btn gho sm ic">
            <ChevronLeft size={16} />
          </Button>
          <Button slot="next" className="btn gho sm ic">
            <ChevronRight size={16} />
          </Button>
        </header>
        <CalendarGrid className="w-full border-collapse" weekdayStyle="short">
          <CalendarGridHeader>{(day) => <CalendarHeaderCell className="h-8 text-12 font-medium text-text-3">{day}</CalendarHeaderCell>}</CalendarGridHeader>
          <CalendarGridBody>{(day) => <CalendarCell date={day} className="calendar-day" />}</CalendarGridBody>
        </CalendarGrid>
      </Calendar>
    </I18nProvider>
  );
}
