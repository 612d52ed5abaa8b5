import i18next from "i18next";
import type { LogEntry } from "~/api/log";
import { formatNumber } from "~/lib/format";
import { modelLabel } from "~/lib/i18n";
import type { ObjectDef } from "~/metadata/model";

const text = (value: unknown): string => (Array.isArray(value) ? value.map(text).join(", ") : value === null || value === undefined || value === "" ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value));

/** Who did it: a person, or a part of Rapport by what it is. */
export const author = (by: { id: string; name: string | null }): string => i18next.t(`log.system.${by.name ?? ""}`, { defaultValue: by.name ?? by.id.slice(0, 8) });

/** What an entry says, in one sentence; `names` are those of people and teams by their ids. */
export function said(entry: LogEntry, objects: ObjectDef[], names: Map<string, string>): string {
  const t = i18next.t.bind(i18next);
  const { detail } = entry;
  const definition = objects.find((one) => one.name === entry.object);
  const object = definition ? modelLabel(definition.label) : (entry.object ?? "");
  const plural = definition ? modelLabel(definition.plural_label) : (entry.object ?? "");
  const changes = (before: unknown, after: unknown) => {
    const [old, now] = [(before ?? {}) as Record<string, unknown>, (after ?? {}) as Record<string, unknown>];
    const word = (value: unknown) => names.get(String(value)) ?? text(value);
    return Object.keys(now).map((name) => `${name}: ${name in old ? `${word(old[name])} → ` : ""}${word(now[name])}`).join("; ");
  };
  switch (entry.kind) {
    case "sign_in":
      return t("log.said.signIn", { means: text(detail.means) });
    case "sign_in_refused":
      return names.get(entry.record ?? "") ?? t("log.said.stranger");
    case "sign_in_means":
      return t(`log.means.${text(detail.what)}`, { defaultValue: text(detail.what) });
    case "read": {
      const shown = Array.isArray(detail.shown) ? detail.shown.length : 0;
      const count = Number(detail.records ?? 0);
      if (count === 0) return t("log.said.figures", { what: plural });
      return t("log.said.read", { count, number: formatNumber(count), what: count === 1 ? object : plural, fields: formatNumber(shown) });
    }
    case "disclosure":
      return t("log.said.disclosure", { via: t(`log.via.${text(detail.via)}`, { defaultValue: text(detail.via) }), count: formatNumber(Number(detail.count ?? 0)), to: text(detail.recipient) });
    case "grant":
      return changes(detail.old, detail.new) || text(detail.changed);
    case "definition":
      return text(detail.changed);
    case "setting":
      return changes(detail.old, detail.new);
    case "mass_change":
      return t(`log.change.${text(detail.kind)}`, { defaultValue: text(detail.kind) });
    case "paused":
      return detail.resumed ? t("log.said.resumed") : t("log.said.paused", { count: formatNumber(Number(detail.count ?? 0)), usual: formatNumber(Number(detail.usual ?? 0)) });
    case "restore":
      return t("log.said.restore", { count: formatNumber(Number(detail.entries_before ?? 0)) });
    default:
      return "";
  }
}

/** The day that a picker of the browser gives, as the start of that day here. */
export const sinceDay = (day: string): string => (day ? new Date(`${day}T00:00:00`).toISOString() : "");
export const dayOf = (instant: string | undefined): string => {
  if (!instant) return "";
  const date = new Date(instant);
  const pad = (n: number) => String(n).padStart(2, "0");
  return Number.isNaN(date.getTime()) ? "" : `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
};
