export type CalendarView = "day" | "week" | "month" | "agenda";
export const VIEWS: CalendarView[] = ["day", "week", "month", "agenda"];
const AGENDA_DAYS = 30;

export const dayStart = (date: Date): Date => new Date(date.getFullYear(), date.getMonth(), date.getDate());
export const addDays = (date: Date, days: number): Date => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
export const sameDay = (a: Date, b: Date): boolean => a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();

/** `first` is the first weekday, 0 for Sunday. */
export function weekStart(date: Date, first: number): Date {
  return addDays(date, -((date.getDay() - first + 7) % 7));
}

/** The days on screen: one, a week, six weeks around the month, or the next thirty. */
export function shownDays(view: CalendarView, on: Date, first: number): Date[] {
  const from = view === "day" || view === "agenda" ? dayStart(on) : view === "week" ? weekStart(on, first) : weekStart(new Date(on.getFullYear(), on.getMonth(), 1), first);
  const count = view === "day" ? 1 : view === "week" ? 7 : view === "month" ? 42 : AGENDA_DAYS;
  return Array.from({ length: count }, (_, index) => addDays(from, index));
}

/** One screen on or back. A month keeps its day where it has one. */
export function step(view: CalendarView, on: Date, by: 1 | -1): Date {
  if (view === "month") {
    const last = new Date(on.getFullYear(), on.getMonth() + by + 1, 0).getDate();
    return new Date(on.getFullYear(), on.getMonth() + by, Math.min(on.getDate(), last));
  }
  return addDays(on, by * (view === "day" ? 1 : view === "week" ? 7 : AGENDA_DAYS));
}
