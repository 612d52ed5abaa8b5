import { MapPin } from "lucide-react";
import { useTranslation } from "react-i18next";
import { TextInput } from "~/ui/Input";
import { asText, isEmpty, type DisplayProps, type FieldKit, type InputProps } from "./kit";

type Parts = Record<string, string | null | undefined>;
const partsOf = (value: unknown): Parts => (value && typeof value === "object" ? (value as Parts) : {});

const ADDRESS = ["street", "street2", "postal_code", "city", "region", "country"] as const;
const PERSON = ["salutation", "first_name", "middle_name", "last_name", "suffix"] as const;

function addressLines(value: unknown): string[] {
  const a = partsOf(value);
  return [a.street, a.street2, [a.postal_code, a.city].filter(Boolean).join(" "), a.region, a.country].filter((line): line is string => Boolean(line));
}

function AddressDisplay({ value, compact }: DisplayProps) {
  const lines = addressLines(value);
  return compact ? (
    <span className="block truncate" dir="auto">
      {lines.join(", ")}
    </span>
  ) : (
    <address className="not-italic" dir="auto">
      {lines.map((line) => (
        <span key={line} className="block">
          {line}
        </span>
      ))}
    </address>
  );
}

const partsInput = (names: readonly string[]) =>
  function PartsInput({ value, onChange, ids, autoFocus }: InputProps) {
    const { t } = useTranslation();
    const parts = partsOf(value);
    const change = (name: string, text: string) => {
      const next = { ...parts, [name]: text || null };
      onChange(Object.values(next).some(Boolean) ? next : null);
    };
    return (
      <div role="group" aria-labelledby={ids["aria-labelledby"]} className="grid grid-cols-2 gap-2">
        {names.map((name, index) => (
          <TextInput key={name} id={index === 0 ? ids.id : undefined} autoFocus={autoFocus && index === 0} aria-label={t(`part.${name}`)} placeholder={t(`part.${name}`)} value={parts[name] ?? ""} onValue={(text) => change(name, text)} className={name.startsWith("street") ? "col-span-2" : ""} />
        ))}
      </div>
    );
  };

function nameText(value: unknown): string {
  const n = partsOf(value);
  return PERSON.map((part) => n[part]).filter(Boolean).join(" ");
}
function NameDisplay({ value }: DisplayProps) {
  return (
    <span className="block truncate" dir="auto">
      {nameText(value)}
    </span>
  );
}

interface Place {
  lat: number;
  lon: number;
}
const isPlace = (value: unknown): value is Place => typeof value === "object" && value !== null && "lat" in value && "lon" in value;
const placeText = (value: unknown): string => (isPlace(value) ? `${value.lat}, ${value.lon}` : "");

function PlaceDisplay({ value }: DisplayProps) {
  return isEmpty(value) ? null : (
    <span className="inline-flex items-center gap-1 tabular-nums">
      <MapPin size={14} aria-hidden />
      {placeText(value)}
    </span>
  );
}
function PlaceInput({ value, onChange, ids, autoFocus }: InputProps) {
  const text = typeof value === "string" ? value : placeText(value);
  const read = (typed: string) => {
    const match = /^\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(typed);
    onChange(typed.trim() === "" ? null : match ? { lat: Number(match[1]), lon: Number(match[2]) } : typed);
  };
  return <TextInput {...ids} autoFocus={autoFocus} defaultValue={text} placeholder="47.8564, 12.1225" onValue={read} />;
}

export const address: FieldKit = { Display: AddressDisplay, Input: partsInput(ADDRESS), text: (value) => addressLines(value).join(", "), width: 220 };
export const personName: FieldKit = { Display: NameDisplay, Input: partsInput(PERSON), text: nameText, width: 180 };
export const geoPoint: FieldKit = { Display: PlaceDisplay, Input: PlaceInput, text: (value) => placeText(value) || asText(value), width: 160 };
