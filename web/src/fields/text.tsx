import { TextArea, TextInput } from "~/ui/Input";
import { parametersOf, typeOf } from "~/metadata/model";
import { asText, isEmpty, type DisplayProps, type FieldKit, type InputProps } from "./kit";

function TextDisplay({ value, compact }: DisplayProps) {
  return (
    <span dir="auto" className={compact ? "block truncate" : "block break-words"} title={asText(value)}>
      {asText(value)}
    </span>
  );
}

function LongDisplay({ value, compact }: DisplayProps) {
  const text = plain(asText(value));
  return compact ? (
    <span dir="auto" className="block truncate" title={text}>
      {text}
    </span>
  ) : (
    <span dir="auto" className="line-clamp-6 block break-words whitespace-pre-line">
      {text}
    </span>
  );
}

// Rich text is shown as its text here; its formatting belongs to the editor of messages.
function plain(text: string): string {
  if (!/<[a-z/][^>]*>/i.test(text)) return text;
  return new DOMParser().parseFromString(text.replace(/<br\s*\/?>|<\/(p|div|li|h\d)>/gi, "$&\n"), "text/html").body.textContent?.trim() ?? "";
}

function LinkDisplay({ field, value, compact }: DisplayProps) {
  const text = asText(value);
  const type = typeOf(field);
  const href = type === "email" ? `mailto:${text}` : type === "phone" ? `tel:${text.replace(/[^\d+]/g, "")}` : safeUrl(text);
  const shown = type === "url" ? text.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "") : text;
  if (compact || !href) return <span className={`block truncate ${type === "phone" ? "tabular-nums" : ""}`} title={text}>{shown}</span>;
  return (
    <a className="link block break-words" href={href} title={text} {...(type === "url" ? { target: "_blank", rel: "noopener noreferrer" } : {})} onClick={(event) => event.stopPropagation()}>
      {shown}
    </a>
  );
}

/** Only web addresses become links: a stored `javascript:` must not run. */
export function safeUrl(text: string): string | null {
  const candidate = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  try {
    const url = new URL(candidate);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

const KEYBOARDS = { email: "email", phone: "tel", url: "url" } as const;

function LineInput({ field, value, onChange, ids, autoFocus }: InputProps) {
  const type = typeOf(field) as keyof typeof KEYBOARDS;
  const max = parametersOf(field).max;
  return <TextInput {...ids} dir="auto" type="text" inputMode={KEYBOARDS[type]} autoFocus={autoFocus} autoComplete="off" maxLength={typeof max === "number" ? max : undefined} value={asText(value)} onValue={(text) => onChange(text === "" ? null : text)} />;
}

function LongInput({ value, onChange, ids, autoFocus }: InputProps) {
  return <TextArea {...ids} dir="auto" rows={4} autoFocus={autoFocus} value={asText(value)} onValue={(text) => onChange(text === "" ? null : text)} />;
}

function ReadOnlyInput({ value, ids }: InputProps) {
  return <TextInput {...ids} disabled value={isEmpty(value) ? "" : asText(value)} />;
}

export const text: FieldKit = { Display: TextDisplay, Input: LineInput, text: asText, width: 200 };
export const link: FieldKit = { Display: LinkDisplay, Input: LineInput, text: asText, width: 180 };
export const phone: FieldKit = { ...link, width: 145 };
export const longText: FieldKit = { Display: LongDisplay, Input: LongInput, text: (value) => plain(asText(value)), width: 260 };
export const autonumber: FieldKit = { Display: TextDisplay, Input: ReadOnlyInput, text: asText, width: 120 };
