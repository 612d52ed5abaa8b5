import { useState } from "react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { RecordData } from "~/api/types";
import { RecordName } from "~/fields/reference";
import { kitOf } from "~/fields";
import { isoDate } from "~/lib/dateInput";
import { formatDayLong, formatTime, parseDate } from "~/lib/format";
import { fieldOf } from "~/metadata/model";
import { useObject } from "~/metadata/registry";
import { instantOf } from "~/records/timeline/activity";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { addDays } from "./days";
import type { CalendarEvent } from "./events";

const two = (n: number): string => String(n).padStart(2, "0");

/** What an event is, and where to move it: the same as dragging, by keyboard and on a phone. */
export default function EventDialog({ event, mayMove, onMove, onClose }: { event: CalendarEvent; mayMove: boolean; onMove: (event: CalendarEvent, start: Date) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const task = useObject("task");
  const dateField = task && fieldOf(task, "due_on");
  const [day, setDay] = useState<unknown>(isoDate(event.start));
  const [time, setTime] = useState(`${two(event.start.getHours())}:${two(event.start.getMinutes())}`);
  const movable = mayMove && !event.series;
  const target = event.allDay ? (typeof day === "string" && /^\d{4}-\d{2}-\d{2}$/.test(day) ? parseDate(day) : null) : instantOf(day, time);
  const move = (start: Date) => {
    onMove(event, start);
    onClose();
  };
  const DateInput = dateField ? kitOf(dateField).Input : null;
  const later = (days: number): Date => {
    const date = addDays(event.start, days);
    return new Date(date.getFullYear(), date.getMonth(), date.getDate(), event.start.getHours(), event.start.getMinutes());
  };
  const about = event.record.about as { object: string; id: string } | null;
  const customers = [
    ...(typeof event.record.account === "string" ? [{ target: { object: "account", id: event.record.account }, included: event.record.account_record }] : []),
    ...(typeof event.record.contact === "string" ? [{ target: { object: "contact", id: event.record.contact }, included: event.record.contact_record }] : []),
    ...(about ? [{ target: about, included: undefined as RecordData | undefined }] : []),
  ];
  return (
    <Dialog
      title={event.title || t("kind.meeting")}
      onClose={onClose}
      onSubmit={() => movable && target && move(target)}
      footer={
        <>
          <Button look="quiet" onClick={() => (onClose(), void navigate({ to: "/$object/$id", params: { object: event.object, id: event.record.id } }))}>
            {t("board.openRecord")}
          </Button>
          {movable ? (
            <Button type="submit" look="primary" disabled={!target || target.getTime() === event.start.getTime()}>
              {t("myday.move")}
            </Button>
          ) : null}
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-text-2">
          {formatDayLong(event.start)}
          {event.allDay ? "" : `, ${formatTime(event.start)}–${formatTime(event.end)}`}
          {typeof event.record.location === "string" && event.record.location ? `, ${event.record.location}` : ""}
        </p>
        {customers.length ? (
          <ul className="flex flex-col gap-1">
            {customers.map(({ target: one, included }) => (
              <li key={`${one.object}/${one.id}`}>
                <RecordName target={one} included={included} />
              </li>
            ))}
          </ul>
        ) : null}
        {event.series ? <Note>{t("calendar.series")}</Note> : null}
        {movable && dateField && DateInput ? (
          <>
            <span className="flex gap-3">
              <span className="flex-1">
                <Field label={t("timeline.day")}>{(ids) => <DateInput field={dateField} value={day} onChange={setDay} ids={ids} />}</Field>
              </span>
              {event.allDay ? null : (
                <span className="w-32">
                  <Field label={t("timeline.time")}>{(ids) => <TextInput {...ids} type="time" value={time} onValue={setTime} />}</Field>
                </span>
              )}
            </span>
            <span className="flex flex-wrap gap-2">
              {([1, 7] as const).map((days) => (
                <Button key={days} small onClick={() => move(later(days))}>
                  {t(`calendar.later.${days}`)}
                </Button>
              ))}
            </span>
          </>
        ) : null}
      </div>
    </Dialog>
  );
}
