import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MissingReference } from "~/api/imports";
import { firstPageQuery } from "~/api/records";
import { formatNumber } from "~/lib/format";
import { modelWord } from "~/lib/i18n";
import { fieldOf, type ObjectDef } from "~/metadata/model";
import { useObjects } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { TextInput } from "~/ui/Input";
import { AUTO, FRESH, goesTo, likely, type Way } from "./mapping";
import { findableBy, labelOf, lookedUpIn } from "./targets";

const SHOWN = 12;
const NAMES = 200;

/** Values of references that name no record: take another name for them, make the records, or leave the field empty. */
export function Unresolved({ missing, ways, object, onChange }: { missing: MissingReference[]; ways: Way[]; object: ObjectDef; onChange: (way: Way, change: Partial<Way>) => void }) {
  const { t } = useTranslation();
  const fields = [...new Set(missing.map((one) => one.field))];
  return (
    <div className="flex flex-col gap-3">
      {fields.map((field) => {
        const own = missing.filter((one) => one.field === field).sort((a, b) => b.rows - a.rows);
        const way = ways.find((one) => one.target !== "" && one.target !== AUTO && goesTo(one) === field);
        const rows = own.reduce((sum, one) => sum + one.rows, 0);
        const label = way?.target === FRESH ? way.fresh.label : labelOf(object, field);
        return (
          <section key={field} className="rounded-lg border border-warning-line bg-warning-soft p-3 text-12" aria-label={t("import.missingIn", { what: label })}>
            <h3 className="font-semibold text-warning">{t("import.missingIn", { what: label })}</h3>
            <p className="text-text-2">{t("import.missingRows", { count: rows, shown: formatNumber(rows) })}</p>
            {way ? <Values own={own} way={way} field={field} object={object} onChange={onChange} /> : null}
          </section>
        );
      })}
    </div>
  );
}

function Values({ own, way, field, object, onChange }: { own: MissingReference[]; way: Way; field: string; object: ObjectDef; onChange: (way: Way, change: Partial<Way>) => void }) {
  const { t } = useTranslation();
  const objects = useObjects();
  const list = useId();
  const target = way.target === FRESH ? objects.find((one) => one.name === way.fresh.to) : lookedUpIn(fieldOf(object, field), objects);
  const by = way.match || (target ? (findableBy(target)[0]?.name ?? "name") : "name");
  const names = useQuery({ ...firstPageQuery(target?.name ?? "", { limit: NAMES, fields: [by], sort: by }), enabled: target !== undefined });
  const known = (names.data?.items ?? []).map((record) => record[by]).filter((name): name is string => typeof name === "string" && name !== "");
  return (
    <>
      <datalist id={list}>
        {known.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <ul className="mt-2 flex flex-col gap-2">
        {own.slice(0, SHOWN).map((one) => (
          <ReplaceRow key={one.value} one={one} list={list} guess={likely(one.value, known)} onReplace={(to) => onChange(way, { values: { ...way.values, [one.value]: to } })} />
        ))}
      </ul>
      {own.length > SHOWN ? <p className="mt-2 text-text-2">{t("import.missingMore", { count: own.length - SHOWN })}</p> : null}
      {target && way.missing !== "create" ? (
        <Button small className="mt-2" onClick={() => onChange(way, { missing: "create" })}>
          {t("import.makeThem", { what: modelWord(target.plural_label) })}
        </Button>
      ) : null}
    </>
  );
}

function ReplaceRow({ one, list, guess, onReplace }: { one: MissingReference; list: string; guess: string | null; onReplace: (to: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const to = typed ?? guess ?? "";
  return (
    <li className="flex flex-col gap-1">
      <span className="flex items-center gap-1">
        <span className="min-w-0 truncate font-medium" dir="auto">{one.value}</span>
        <span className="ms-auto shrink-0 text-text-2 tabular-nums">{t("import.times", { count: one.rows, shown: formatNumber(one.rows) })}</span>
      </span>
      <span className="flex items-center gap-2">
        <ArrowRight size={14} className="shrink-0 text-text-3 rtl:-scale-x-100" aria-hidden />
        <TextInput aria-label={t("import.replaceBy", { what: one.value })} placeholder={t("import.replaceHint")} list={list} dir="auto" className="min-w-0 flex-1" value={to} onValue={setTyped} />
        <Button small disabled={!to.trim()} aria-label={t("import.replaceOf", { what: one.value })} onClick={() => onReplace(to.trim())}>
          {t("import.replace")}
        </Button>
      </span>
    </li>
  );
}
