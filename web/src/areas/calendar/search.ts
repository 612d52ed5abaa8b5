import { VIEWS, type CalendarView } from "./days";

/** What the calendar shows, as it stands in the address. */
export interface CalendarSearch {
  view?: CalendarView;
  on?: string;
  who?: "all";
}
export function parseCalendarSearch(raw: Record<string, unknown>): CalendarSearch {
  return {
    ...(VIEWS.includes(raw.view as CalendarView) ? { view: raw.view as CalendarView } : {}),
    ...(typeof raw.on === "string" && /^\d{4}-\d{2}-\d{2}$/.test(raw.on) ? { on: raw.on } : {}),
    ...(raw.who === "all" ? { who: "all" as const } : {}),
  };
}
