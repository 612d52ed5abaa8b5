import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { firstPageQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { FieldValue, isEmpty } from "~/fields";
import { RecordMark } from "~/fields/reference";
import { formatNumber } from "~/lib/format";
import { modelLabel, modelWord } from "~/lib/i18n";
import { defaultColumns } from "~/metadata/layout";
import { fieldOf, isSortable, targetsOf, typeOf, type FieldDef, type ObjectDef } from "~/metadata/model";
import { titleOf, useCan, useObjects } from "~/metadata/registry";
import { useShell } from "~/records/shellContext";
import { IconButton } from "~/ui/Button";

interface Relation {
  object: ObjectDef;
  field: FieldDef;
}

// Shown first and always; the others only where there is something, after a click.
const FIRST = ["contact", "opportunity", "order", "case", "task", "opportunity_line", "order_line", "payment", "contact_point", "party_role", "relationship", "campaign_member", "stage", "quote"];
const IN_TIMELINE = ["interaction", "note", "comment", "state_change", "touchpoint", "participant", "file", "external_reference", "permit", "disclosure", "disclosure_subject", "follow", "share"];
const LINES = 5;

export function relationsTo(object: ObjectDef, objects: ObjectDef[]): Relation[] {
  return objects
    .filter((other) => !other.archived && !other.system && !IN_TIMELINE.includes(other.name))
    .flatMap((other) => other.fields.filter((field) => !field.archived && !field.hidden && !field.masked && !field.base && typeOf(field) === "reference" && targetsOf(field).includes(object.name)).map((field) => ({ object: other, field })))
    .sort((a, b) => rank(a) - rank(b) || a.object.plural_label.localeCompare(b.object.plural_label));
}
const rank = ({ object, field }: Relation): number => {
  const place = FIRST.indexOf(object.name);
  return (place < 0 ? (object.layer === "custom" ? 5 : 50) : place) + (["account", "contact", "opportunity", "order", "pipeline", "campaign"].includes(field.name) ? 0 : 30);
};

export function Related({ object, record }: { object: ObjectDef; record: RecordData }) {
  const { t } = useTranslation();
  const objects = useObjects();
  const [asked, setAll] = useState(false);
  const relations = relationsTo(object, objects);
  const first = relations.filter((relation) => rank(relation) < 30).slice(0, 6);
  const rest = relations.filter((relation) => !first.includes(relation));
  // Where nothing belongs first, everything that holds something is shown at once.
  const all = asked || first.length === 0;
  if (relations.length === 0) return <p className="sec text-text-3">{t("related.none")}</p>;
  return (
    <div aria-label={t("record.related")}>
      {first.map((relation) => (
        <RelatedList key={`${relation.object.name}.${relation.field.name}`} {...relation} parent={object} record={record} relations={relations} />
      ))}
      {all ? rest.map((relation) => <RelatedList key={`${relation.object.name}.${relation.field.name}`} {...relation} parent={object} record={record} relations={relations} hideEmpty />) : null}
      {rest.length && !all ? (
        <div className="sec">
          <button type="button" className="link min-h-6" onClick={() => setAll(true)}>
            {t("related.more")}
          </button>
        </div>
      ) : null}
    </div>
  );
}

function RelatedList({ object, field, parent, record, relations, hideEmpty }: Relation & { parent: ObjectDef; record: RecordData; relations: Relation[]; hideEmpty?: boolean }) {
  const { t } = useTranslation();
  const can = useCan(object.name);
  const { create } = useShell();
  const several = targetsOf(field).length > 1;
  // A reference to several objects is compared with the object's name and the id.
  const condition = { field: field.name, op: "eq" as const, value: several ? { object: parent.name, id: record.id } : record.id };
  const sort = ["position", "at", "close_date", "due_on", "ordered_at"].map((name) => fieldOf(object, name)).find((f) => f && isSortable(f));
  const page = useQuery(firstPageQuery(object.name, { filter: condition, limit: LINES, count: "estimate", sort: sort ? (sort.name === "position" ? "position" : `-${sort.name}`) : "-updated_at", include: undefined }));
  const items = page.data?.items ?? [];
  if (page.isError || (hideEmpty && items.length === 0)) return null;
  const title = modelLabel(object.plural_label);
  const twice = field.name !== parent.name && relations.filter((relation) => relation.object.name === object.name).length > 1;
  const total = page.data?.total;
  return (
    <section className="sec" aria-label={title}>
      <h2 className="sech">
        <span className="min-w-0 truncate">
          {title}
          {twice ? <span className="font-normal text-text-3"> {modelLabel(field.label)}</span> : null}
        </span>
        {total !== undefined ? <span className="cnt">{formatNumber(total)}</span> : null}
        {can.create ? (
          <IconButton className="ms-auto" label={t("action.new", { what: modelWord(object.label) })} onClick={() => create(object.name, { [field.name]: condition.value })}>
            <Plus size={16} />
          </IconButton>
        ) : null}
      </h2>
      <ul>
        {items.map((item) => (
          <RelatedRow key={item.id} object={object} item={item} skip={field.name} />
        ))}
      </ul>
      {page.isSuccess && items.length === 0 ? <p className="text-text-3">{t("value.none")}</p> : null}
      {total !== undefined && total > items.length ? (
        <Link to="/$object" params={{ object: object.name }} search={{ filter: condition }} className="link inline-flex min-h-6 items-center">
          {t("related.all", { shown: formatNumber(total) })}
        </Link>
      ) : null}
    </section>
  );
}

function RelatedRow({ object, item, skip }: { object: ObjectDef; item: RecordData; skip: string }) {
  const given = titleOf(object, item);
  const facts = defaultColumns(object)
    .filter((name) => name !== object.title && name !== skip && name !== "owner" && name !== "updated_at" && name !== "position" && !isEmpty(item[name]))
    .map((name) => fieldOf(object, name))
    .filter((f): f is FieldDef => f !== undefined);
  const money = object.fields.find((f) => ["amount", "total"].includes(f.name) && !isEmpty(item[f.name]));
  const amount = money ?? facts.find((f) => ["money", "decimal", "integer", "percent"].includes(typeOf(f)));
  const texts = facts.filter((f) => f !== amount && typeOf(f) !== "reference");
  // A payment has no name: its kind of record, and what says most about it, stand for one.
  const title = given || modelLabel(object.label);
  const second = texts[0] ?? facts.find((f) => f !== amount);
  return (
    <li>
      <Link to="/$object/$id" params={{ object: object.name, id: item.id }} className="flex min-h-9 items-center gap-2 border-b border-line py-1 hover:bg-hover">
        <RecordMark target={{ object: object.name, id: item.id }} title={title} />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium" dir="auto">
            {title}
          </span>
          {second ? (
            <span className="block truncate text-12 text-text-2">
              <FieldValue field={second} value={item[second.name]} record={item} compact />
            </span>
          ) : null}
        </span>
        {amount ? <FieldValue field={amount} value={item[amount.name]} record={item} compact /> : null}
      </Link>
    </li>
  );
}
