import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { firstPageQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { FieldValue, isEmpty } from "~/fields";
import { RecordMark } from "~/fields/reference";
import { formatNumber } from "~/lib/format";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, type FieldDef, type ObjectDef } from "~/metadata/model";
import { titleOf } from "~/metadata/registry";

const SHOWN = 4;
/** The two groups that a person belongs to: where they work and where they live. */
const GROUPS = ["account", "household"];

/** Employer and household of a person side by side, each with the others in it. */
export function Belonging({ object, record }: { object: ObjectDef; record: RecordData }) {
  const { t } = useTranslation();
  const groups = GROUPS.map((name) => fieldOf(object, name)).filter((field): field is FieldDef => field !== undefined && !field.hidden && !field.masked && !isEmpty(record[field.name]));
  if (object.name !== "contact" || groups.length === 0) return null;
  return (
    <section className="sec" aria-label={t("belonging.title")}>
      <h2 className="sech">{t("belonging.title")}</h2>
      <div className={groups.length > 1 ? "grid grid-cols-2 gap-4" : ""}>
        {groups.map((field) => (
          <Group key={field.name} object={object} field={field} record={record} />
        ))}
      </div>
    </section>
  );
}

function Group({ object, field, record }: { object: ObjectDef; field: FieldDef; record: RecordData }) {
  const { t } = useTranslation();
  const id = String(record[field.name]);
  const filter = { and: [{ field: field.name, op: "eq" as const, value: id }, { not: { field: "id", op: "eq" as const, value: record.id } }] };
  const page = useQuery(firstPageQuery(object.name, { filter, limit: SHOWN, count: "estimate", sort: object.title }));
  const others = page.data?.items ?? [];
  const more = (page.data?.total ?? 0) - others.length;
  return (
    <div className="min-w-0">
      <h3 className="text-12 text-text-3">{field.name === "account" ? t("belonging.employer") : modelLabel(field.label)}</h3>
      <div className="mt-0.5 min-w-0 truncate font-medium">
        <FieldValue field={field} value={record[field.name]} record={record} compact />
      </div>
      <ul className="mt-1">
        {others.map((other) => (
          <li key={other.id}>
            <Link to="/$object/$id" params={{ object: object.name, id: other.id }} className="flex min-h-7 min-w-0 items-center gap-2 hover:bg-hover">
              <RecordMark target={{ object: object.name, id: other.id }} title={titleOf(object, other)} />
              <span className="min-w-0 truncate" dir="auto">
                {titleOf(object, other) || t("record.untitled")}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {page.isSuccess && others.length === 0 ? <p className="text-text-3">{t("belonging.alone")}</p> : null}
      {more > 0 ? (
        <Link to="/$object" params={{ object: object.name }} search={{ filter: { field: field.name, op: "eq", value: id } }} className="link inline-flex min-h-6 items-center">
          {t("belonging.more", { count: more, shown: formatNumber(more) })}
        </Link>
      ) : null}
    </div>
  );
}
