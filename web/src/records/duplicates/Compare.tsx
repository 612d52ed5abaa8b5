import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeftRight } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Clue } from "~/api/duplicates";
import { asApiError } from "~/api/problem";
import { recordQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { FieldValue, isEmpty } from "~/fields";
import { formatMoment } from "~/lib/format";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, isComputed, isIncludable, isWritable, visibleFields, type FieldDef, type ObjectDef } from "~/metadata/model";
import { titleOf, useCan } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { ErrorState } from "~/ui/States";
import { Reasons } from "./Reasons";
import { useMerge } from "./useMerge";

type Side = "left" | "right";
const OTHER = { left: "right", right: "left" } as const;
const INCLUDED = 12;

/** Two records side by side: whose value counts, field by field; then one of them, or two after all. */
export function Compare({ object, left, right, evidence, onDone }: { object: ObjectDef; left: string; right: string; evidence: Clue[]; onDone: (merged: string | null) => void }) {
  const { t } = useTranslation();
  const include = visibleFields(object).filter(isIncludable).map((field) => field.name).slice(0, INCLUDED);
  const queries = { left: useQuery(recordQuery(object.name, left, include)), right: useQuery(recordQuery(object.name, right, include)) };
  const failed = queries.left.error ?? queries.right.error;
  if (failed) return <ErrorState error={asApiError(failed)} title={t("state.error.record")} retry={() => void Promise.all([queries.left.refetch(), queries.right.refetch()])} />;
  if (!queries.left.data || !queries.right.data) return <div className="flex flex-col gap-3 p-5" aria-busy>{[70, 60, 80, 50].map((width) => <span key={width} className="skel" style={{ width: `${width}%` }} />)}</div>;
  return <Sides key={`${left} ${right}`} object={object} records={{ left: queries.left.data, right: queries.right.data }} evidence={evidence} onDone={onDone} />;
}

/** Fields worth a look: those that say something on either side. */
function compared(object: ObjectDef, records: Record<Side, RecordData>): FieldDef[] {
  return visibleFields(object).filter((field) => (!field.base || field.name === "owner") && field.name !== object.title && !(isEmpty(records.left[field.name]) && isEmpty(records.right[field.name]) && !field.masked && !field.hidden));
}

function Sides({ object, records, evidence, onDone }: { object: ObjectDef; records: Record<Side, RecordData>; evidence: Clue[]; onDone: (merged: string | null) => void }) {
  const { t } = useTranslation();
  const can = useCan(object.name);
  const { merge, distinct } = useMerge(object.name);
  // the one that was there first has the longer history
  const [winner, setWinner] = useState<Side>(String(records.left.created_at) <= String(records.right.created_at) ? "left" : "right");
  const [chosen, setChosen] = useState<Record<string, Side>>({});
  const [busy, setBusy] = useState<"merge" | "distinct" | null>(null);
  const fields = compared(object, records);
  const counts = (field: FieldDef): Side => chosen[field.name] ?? (isEmpty(records[winner][field.name]) && field.name !== "owner" ? OTHER[winner] : winner);
  const same = (field: FieldDef) => JSON.stringify(records.left[field.name]) === JSON.stringify(records.right[field.name]);
  const choosable = (field: FieldDef) => isWritable(field) && !isComputed(field) && !field.masked && !field.hidden && !same(field) && !isEmpty(records.left[field.name]) && !isEmpty(records.right[field.name]);
  const run = async (what: "merge" | "distinct") => {
    setBusy(what);
    const [to, from] = [records[winner].id, records[OTHER[winner]].id];
    const choices = Object.fromEntries(Object.entries(chosen).map(([name, side]) => [name, side === winner ? ("winner" as const) : ("loser" as const)]));
    const done = what === "merge" ? await merge(to, from, choices) : await distinct(to, from);
    setBusy(null);
    if (done) onDone(what === "merge" ? to : null);
  };
  const head = (side: Side) => (
    <th key={side} scope="col" className={`w-[38%] px-3 py-2 text-start align-top ${winner === side ? "bg-selected" : ""}`}>
      <Link to="/$object/$id" params={{ object: object.name, id: records[side].id }} className="block truncate font-medium hover:underline" dir="auto">
        {titleOf(object, records[side]) || t("record.untitled")}
      </Link>
      <span className="block text-12 font-normal text-text-3">{t("duplicates.since", { when: formatMoment(String(records[side].created_at)) })}</span>
      <label className="mt-1 inline-flex min-h-6 items-center gap-2 text-12 font-normal">
        <input type="radio" name="winner" checked={winner === side} onChange={() => (setWinner(side), setChosen({}))} />
        {t("duplicates.stays")}
      </label>
    </th>
  );
  const cell = (field: FieldDef, side: Side): ReactNode => {
    const value = isEmpty(records[side][field.name]) && !field.masked && !field.hidden ? <span className="text-text-3">{t("value.none")}</span> : <FieldValue field={field} value={records[side][field.name]} record={records[side]} />;
    if (!choosable(field)) return value;
    return (
      <label className="flex min-h-6 items-start gap-2">
        <input type="radio" className="mt-1" name={field.name} checked={counts(field) === side} onChange={() => setChosen({ ...chosen, [field.name]: side })} aria-label={t("duplicates.take", { what: modelLabel(field.label), from: titleOf(object, records[side]) || t("record.untitled") })} />
        <span className="min-w-0">{value}</span>
      </label>
    );
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="border-b border-line px-5 py-3">
        <Reasons object={object} evidence={evidence} />
      </div>
      <div className="scroll">
        <table className="w-full table-fixed border-collapse">
          <thead>
            <tr className="border-b border-line">
              <th scope="col" className="w-[24%] ps-5 text-start text-12 font-medium text-text-3">{t("duplicates.field")}</th>
              {head("left")}
              {head("right")}
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field.name} className="border-b border-line align-top">
                <th scope="row" className="py-2 ps-5 pe-2 text-start text-12 font-normal text-text-3">{modelLabel(fieldOf(object, field.name)?.label ?? field.name)}</th>
                {(["left", "right"] as const).map((side) => (
                  <td key={side} className={`px-3 py-2 break-words ${counts(field) === side || same(field) ? "" : "text-text-3"}`}>
                    {cell(field, side)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        <p className="px-5 py-3 text-12 text-text-3">{t("duplicates.how")}</p>
      </div>
      {can.update ? (
        <div className="flex flex-wrap items-center gap-2 border-t border-line px-5 py-3 max-[640px]:px-4">
          <Button look="quiet" className="me-auto" busy={busy === "distinct"} onClick={() => void run("distinct")}>
            {t("duplicates.notOne")}
          </Button>
          <Button icon={<ArrowLeftRight size={16} />} onClick={() => (setWinner(OTHER[winner]), setChosen({}))}>
            {t("duplicates.swap")}
          </Button>
          <Button look="primary" className="max-[640px]:w-full" busy={busy === "merge"} disabled={!can.delete} title={can.delete ? undefined : t("duplicates.mayNot")} onClick={() => void run("merge")}>
            {t("duplicates.merge")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
