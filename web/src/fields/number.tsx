import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "~/api/session";
import { formatDuration, formatMoney, formatNumber, isMoney } from "~/lib/format";
import { editableDecimal, parseDecimal, parseDuration } from "~/lib/numbers";
import { Checkbox } from "~/ui/Checkbox";
import { TextInput } from "~/ui/Input";
import { typeOf, valueTypeOf } from "~/metadata/model";
import { asText, isEmpty, type DisplayProps, type FieldKit, type InputProps } from "./kit";

type Kind = "integer" | "decimal" | "percent" | "duration";

function numberText(value: unknown, kind: Kind): string {
  if (isEmpty(value)) return "";
  if (kind === "duration") return formatDuration(Number(value));
  if (typeof value !== "number" && typeof value !== "string") return asText(value);
  const text = formatNumber(value, kind === "integer" ? 0 : undefined);
  return kind === "percent" ? `${text} %` : text;
}

const display = (kind: Kind) =>
  function NumberDisplay({ value, compact }: DisplayProps) {
    return <span className={compact ? "num block truncate" : "tabular-nums"}>{numberText(value, kind)}</span>;
  };

const input = (kind: Kind) =>
  function NumberInput({ value, onChange, ids, autoFocus }: InputProps) {
    const written = kind === "duration" ? (isEmpty(value) ? "" : formatDuration(Number(value))) : editableDecimal(value as string | number | null);
    const [draft, setDraft] = useState<string | null>(null);
    // What cannot be read is handed on as typed: the server's field error then names it, nothing is dropped silently.
    const commit = (text: string) => {
      setDraft(text);
      if (text.trim() === "") return onChange(null);
      if (kind === "duration") return onChange(parseDuration(text) ?? text);
      const decimal = parseDecimal(text);
      if (decimal === null) return onChange(text);
      onChange(kind === "integer" && Number.isSafeInteger(Number(decimal)) ? Number(decimal) : decimal);
    };
    return (
      <TextInput
        {...ids}
        inputMode={kind === "duration" ? "text" : "decimal"}
        autoFocus={autoFocus}
        autoComplete="off"
        className={kind === "duration" ? "" : "[&>input]:text-end [&>input]:tabular-nums"}
        placeholder={kind === "duration" ? "1 h 30" : undefined}
        value={draft ?? written}
        onValue={commit}
        onBlur={() => setDraft(null)}
        suffix={kind === "percent" ? <span className="sfx">%</span> : undefined}
      />
    );
  };

const kit = (kind: Kind, width: number): FieldKit => ({ Display: display(kind), Input: input(kind), text: (value) => numberText(value, kind), width, end: true });

export const integer = kit("integer", 110);
export const decimal = kit("decimal", 120);
export const percent = kit("percent", 100);
export const duration = kit("duration", 110);

function MoneyDisplay({ value, compact }: DisplayProps) {
  const text = moneyText(value);
  return (
    <span className={compact ? "num block truncate" : "tabular-nums"} title={text}>
      {text}
    </span>
  );
}

export function moneyText(value: unknown): string {
  return isMoney(value) ? formatMoney(value) : isEmpty(value) ? "" : asText(value);
}

const CURRENCIES = ["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "JPY", "CNY", "INR", "AUD", "CAD", "BRL", "TRY", "AED", "ZAR", "KWD"];

function MoneyInput({ value, onChange, ids, autoFocus }: InputProps) {
  const { t } = useTranslation();
  const workspace = useQuery(sessionQuery).data?.workspace.currency ?? "EUR";
  const money = isMoney(value) ? value : { amount: isEmpty(value) ? "" : asText(value), currency: workspace };
  const [currency, setCurrency] = useState(money.currency);
  const [draft, setDraft] = useState<string | null>(null);
  const change = (text: string, unit: string) => onChange(text.trim() === "" ? null : { amount: parseDecimal(text) ?? text, currency: unit });
  const codes = CURRENCIES.includes(currency) ? CURRENCIES : [currency, ...CURRENCIES];
  return (
    <TextInput
      {...ids}
      inputMode="decimal"
      autoFocus={autoFocus}
      autoComplete="off"
      className="[&>input]:text-end [&>input]:tabular-nums"
      value={draft ?? editableDecimal(money.amount)}
      onValue={(text) => {
        setDraft(text);
        change(text, currency);
      }}
      onBlur={() => setDraft(null)}
      suffix={
        <span className="sfx">
          <select
            aria-label={t("field.currency")}
            value={currency}
            onChange={(event) => {
              setCurrency(event.target.value);
              change(draft ?? editableDecimal(money.amount), event.target.value);
            }}
          >
            {codes.map((code) => (
              <option key={code}>{code}</option>
            ))}
          </select>
        </span>
      }
    />
  );
}

export const money: FieldKit = { Display: MoneyDisplay, Input: MoneyInput, text: moneyText, width: 130, end: true };

function BooleanDisplay({ value }: DisplayProps) {
  const { t } = useTranslation();
  return <span>{value === true ? t("value.yes") : value === false ? t("value.no") : ""}</span>;
}
function BooleanInput({ field, value, onChange, ids }: InputProps) {
  return (
    <span className="flex min-h-8 items-center">
      <Checkbox id={ids.id} checked={value === true} onChange={onChange} label={field.label} hideLabel />
    </span>
  );
}
export const boolean: FieldKit = { Display: BooleanDisplay, Input: BooleanInput, text: (value) => (value === true ? "✓" : value === false ? "–" : ""), width: 90 };

/** A roll-up shows as what it computes: money where its answer is money, else a number. */
function RollUpDisplay(props: DisplayProps) {
  return isMoney(props.value) ? <MoneyDisplay {...props} /> : <NumberDisplayFor {...props} />;
}
const NumberDisplayFor = display("decimal");
function Nothing({ field }: InputProps) {
  return <span className="help">{typeOf(field) === valueTypeOf(field) ? "" : ""}</span>;
}
export const rollUp: FieldKit = { Display: RollUpDisplay, Input: Nothing, text: (value) => moneyText(value), width: 120, end: true };
