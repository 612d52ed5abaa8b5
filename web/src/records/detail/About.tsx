import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "~/api/types";
import { isEmpty } from "~/fields";
import { modelLabel } from "~/lib/i18n";
import { detailSections } from "~/metadata/layout";
import { fieldOf, type FieldDef, type ObjectDef } from "~/metadata/model";
import { InlineField } from "./InlineField";

const FEWEST = 8;
const SYSTEM = ["created_at", "created_by", "updated_at", "updated_by", "external_id", "id", "version", "archived_at"];

/** Filled fields first; the empty ones are a click away, so that a new record is no wall of blanks. */
export function About({ object, record, mayEdit }: { object: ObjectDef; record: RecordData; mayEdit: boolean }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const sections = detailSections(object);
  const rows = sections.map((section) => {
    const filled = section.fields.filter((field) => !isEmpty(record[field.name]));
    const room = Math.max(0, FEWEST - filled.length);
    const blanks = section.fields.filter((field) => isEmpty(record[field.name])).slice(0, room);
    const shown = section.fields.filter((field) => all || filled.includes(field) || blanks.includes(field));
    return { ...section, fields: shown, hidden: section.fields.length - shown.length };
  });
  const hidden = rows.reduce((sum, section) => sum + section.hidden, 0);
  const system = SYSTEM.map((name) => fieldOf(object, name)).filter((field): field is FieldDef => field !== undefined && !isEmpty(record[field.name]));
  return (
    <section className="sec" aria-label={t("record.about")}>
      <h2 className="sech">{t("record.about")}</h2>
      {rows.map((section, index) => (
        <div key={section.label ?? index}>
          {section.label ? <h3 className="mt-2 text-12 font-medium text-text-3">{modelLabel(section.label)}</h3> : null}
          <dl className="kv">
            {section.fields.map((field) => (
              <InlineField key={field.name} object={object.name} field={field} record={record} mayEdit={mayEdit} />
            ))}
          </dl>
        </div>
      ))}
      {all ? (
        <dl className="kv mt-2 border-t border-line pt-2">
          {system.map((field) => (
            <InlineField key={field.name} object={object.name} field={field} record={record} mayEdit={mayEdit && field.name === "external_id"} />
          ))}
        </dl>
      ) : null}
      <button type="button" className="link mt-1 min-h-6" onClick={() => setAll(!all)}>
        {all ? t("record.fewer") : t("record.more", { count: hidden + system.length })}
      </button>
    </section>
  );
}
