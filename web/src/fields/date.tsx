import { CalendarDays } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { screen } from "~/lib/i18n";
import { useTranslation } from "react-i18next";
import { parseDateInput } from "~/lib/dateInput";
import { formatDate, formatDateLong, formatDistance, formatMoment, formatMomentExact, locale, parseDate } from "~/lib/format";
import { TextInput } from "~/ui/Input";
import { PopoverButton } from "~/ui/PopoverButton";
import { asText, isEmpty, type DisplayProps, type FieldKit, type InputProps } from "./kit";

const MonthCalendar = lazy(() => screen(import("~/ui/MonthCalendar")));

function DateDisplay({ value, compact }: DisplayProps) {
  if (isEmpty(value)) return null;
  const iso = asText(value);
  const distance = formatDistance(parseDate(iso));
  return (
    <time dateTime={iso} title={`${formatDateLong(iso)}, ${distance}`} className="whitespace-nowrap">
      {compact ? formatDate(iso) : formatDateLong(iso)}
      {compact ? null : <span className="text-text-3"> {distance}</span>}
    </time>
  );
}

function DateInput({ value, onChange, ids, autoFocus }: InputProps) {
  const { t } = useTranslation();
  const iso = asText(value);
  const [draft, setDraft] = useState<string | null>(null);
  const known = /^\d{4}-\d{2}-\d{2}$/.test(iso);
  const hint = !known ? "" : `${new Intl.DateTimeFormat(locale(), { weekday: "long" }).format(parseDate(iso))}, ${formatDistance(parseDate(iso))}`;
  return (
    <>
      <TextInput
        {...ids}
        autoFocus={autoFocus}
        autoComplete="off"
        placeholder={t("field.dateHint")}
        value={draft ?? (known ? formatDateLong(iso) : iso)}
        onValue={(text) => {
          setDraft(text);
          onChange(text.trim() === "" ? null : (parseDateInput(text) ?? text));
        }}
        onBlur={() => setDraft(null)}
        suffix={
          <PopoverButton label={t("field.pickDate")} buttonClass="-me-1 rounded-sm p-1 text-text-2 hover:bg-hover" button={<CalendarDays size={16} aria-label={t("field.pickDate")} />} placement="bottom end">
            {(close) => (
              <Suspense fallback={<div className="h-72 w-64" />}>
                <MonthCalendar
                  value={known ? iso : null}
                  onChange={(picked) => {
                    setDraft(null);
                    onChange(picked);
                    close();
                  }}
                />
              </Suspense>
            )}
          </PopoverButton>
        }
      />
      {hint ? <span className="help">{hint}</span> : null}
    </>
  );
}

function MomentDisplay({ value }: DisplayProps) {
  if (isEmpty(value)) return null;
  return (
    <time dateTime={asText(value)} title={formatMomentExact(asText(value))} className="whitespace-nowrap">
      {formatMoment(asText(value))}
    </time>
  );
}

/** `2026-11-21T09:42` in the reader's zone, as the browser's field wants it. */
export function localMoment(value: unknown): string {
  const date = new Date(asText(value));
  if (isEmpty(value) || Number.isNaN(date.getTime())) return "";
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function MomentInput({ value, onChange, ids, autoFocus }: InputProps) {
  return (
    <TextInput
      {...ids}
      type="datetime-local"
      autoFocus={autoFocus}
      value={localMoment(value)}
      onValue={(text) => {
        const date = new Date(text);
        onChange(Number.isNaN(date.getTime()) ? null : date.toISOString());
      }}
    />
  );
}

export const date: FieldKit = { Display: DateDisplay, Input: DateInput, text: (value) => (isEmpty(value) ? "" : formatDateLong(asText(value))), width: 120 };
export const dateTime: FieldKit = { Display: MomentDisplay, Input: MomentInput, text: (value) => (isEmpty(value) ? "" : formatMoment(asText(value))), width: 140 };
