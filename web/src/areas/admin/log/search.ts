import { LOG_KINDS, type LogQuestion } from "~/api/log";

const NAMES = ["kind", "by", "object", "record", "saw", "searched", "from"] as const;

/** What the address says of the question; what is no text is left out. */
export function parseLogSearch(raw: Record<string, unknown>): LogQuestion {
  const out: LogQuestion = {};
  for (const name of NAMES) {
    const value = raw[name];
    if (typeof value === "string" && value !== "") out[name] = value;
    if (typeof value === "number") out[name] = String(value);
  }
  if (out.kind && !(LOG_KINDS as readonly string[]).includes(out.kind)) delete out.kind;
  return out;
}
