import { Link } from "@tanstack/react-router";
import { Paperclip } from "lucide-react";
import { lazy, Suspense } from "react";
import { useQuery } from "@tanstack/react-query";
import { titleQuery } from "~/api/titles";
import type { RecordData } from "~/api/types";
import { modelLabel, screen } from "~/lib/i18n";
import { titleOf, useObject } from "~/metadata/registry";
import { fieldOf, optionsOf, singleTarget, targetsOf, typeOf, type FieldDef, type ObjectDef } from "~/metadata/model";
import { Avatar } from "~/ui/Avatar";
import { iconNamed } from "~/ui/icons";
import { StageMark } from "~/ui/StageMark";
import { asText, isEmpty, type DisplayProps, type FieldKit, type InputProps } from "./kit";

const PICKER = lazy(() => screen(import("./ReferenceInput")));
const PEOPLE = ["user", "contact", "lead", "staff"];
const ORGANISATIONS = ["account", "team"];

export interface Target {
  object: string;
  id: string;
}

/** A reference value is an id, or {object, id} where several objects may be meant. */
export function targetOf(field: FieldDef, value: unknown): Target | null {
  if (isEmpty(value)) return null;
  if (typeof value === "object" && value !== null && "object" in value && "id" in value) return value as Target;
  const object = singleTarget(field) ?? (["created_by", "updated_by", "owner"].includes(field.name) ? "user" : null);
  return typeof value === "string" && object ? { object, id: value } : null;
}

export function titleFields(object: ObjectDef): string[] {
  const mark = object.name === "stage" ? ["kind", "probability"] : [];
  return [...new Set([object.title, ...(object.subtitle ? [object.subtitle] : []), ...mark])].filter((name) => object.fields.some((field) => field.name === name));
}

/** The record behind a reference: what came with `include`, otherwise asked for together with others. */
export function useTitle(target: Target | null, included?: unknown): { title: string; subtitle: string; record: RecordData | null; missing: boolean; loading: boolean } {
  const object = useObject(target?.object);
  const given = included && typeof included === "object" ? (included as RecordData) : null;
  const needed = target !== null && object !== undefined && titleOf(object, given) === "";
  const query = useQuery({ ...titleQuery(target?.object ?? "", target?.id ?? "", object ? titleFields(object) : []), enabled: needed });
  const record = given && !needed ? given : query.data;
  return { title: titleOf(object, record), subtitle: subtitleOf(object, record), record: record ?? null, missing: needed && (query.isError || query.data === null), loading: needed && query.isPending };
}

const READABLE = ["text", "email", "phone", "url", "autonumber", "choice"];

/** The second line of a record, where it is text; a reference or a date says nothing there. */
export function subtitleOf(object: ObjectDef | undefined, record: Partial<RecordData> | null | undefined): string {
  const field = object?.subtitle ? fieldOf(object, object.subtitle) : undefined;
  if (!field || !record || !READABLE.includes(typeOf(field))) return "";
  const value = record[field.name];
  return typeof value === "string" ? (optionsOf(field).length ? modelLabel(optionsOf(field).find((o) => o.value === value)?.label ?? value) : value) : "";
}

export function RecordMark({ target, title, record, size = 14 }: { target: Target; title: string; record?: Partial<RecordData> | null; size?: number }) {
  const object = useObject(target.object);
  if (target.object === "stage" && record?.kind !== undefined) {
    return (
      <span className="text-accent-text">
        <StageMark kind={record.kind === "won" || record.kind === "lost" ? record.kind : "open"} probability={Number(record.probability ?? 0)} size={size} />
      </span>
    );
  }
  if (PEOPLE.includes(target.object)) return <Avatar id={target.id} name={title} />;
  if (ORGANISATIONS.includes(target.object)) return <Avatar id={target.id} name={title} square />;
  const Icon = iconNamed(object?.icon);
  return <Icon size={size} className="text-text-3" aria-hidden />;
}

export function RecordName({ target, included, plain }: { target: Target; included?: unknown; plain?: boolean }) {
  const { title, record, missing, loading } = useTitle(target, included);
  if (loading) return <span className="skel w-24" />;
  if (missing || !title) return <span className="truncate text-text-3" title={target.id}>…{target.id.slice(-6)}</span>;
  const name = (
    <span className="truncate" dir="auto" title={title}>
      {title}
    </span>
  );
  return (
    <span className="who">
      <RecordMark target={target} title={title} record={record} />
      {plain ? (
        name
      ) : (
        <Link to="/$object/$id" params={{ object: target.object, id: target.id }} className="link truncate" title={title} onClick={(event) => event.stopPropagation()}>
          {title}
        </Link>
      )}
    </span>
  );
}

function ReferenceDisplay({ field, value, record, compact }: DisplayProps) {
  const target = targetOf(field, value);
  if (!target) return null;
  return <RecordName target={target} included={record?.[`${field.name}_record`]} plain={compact || target.object === "user"} />;
}

function ManyDisplay({ field, value, compact }: DisplayProps) {
  const object = targetsOf(field)[0] ?? "";
  const ids = Array.isArray(value) ? (value as string[]) : [];
  return (
    <span className={compact ? "flex gap-2 overflow-hidden" : "flex flex-wrap gap-2"}>
      {ids.map((id) => (
        <RecordName key={id} target={{ object, id }} plain={compact} />
      ))}
    </span>
  );
}

function FileDisplay({ field, value }: DisplayProps) {
  const target = targetOf(field, value);
  const { title } = useTitle(target);
  return target ? (
    <span className="who">
      <Paperclip size={14} aria-hidden />
      <span className="truncate">{title || asText(value)}</span>
    </span>
  ) : null;
}

function Input(props: InputProps) {
  return (
    <Suspense fallback={<span className="inp" aria-hidden />}>
      <PICKER {...props} />
    </Suspense>
  );
}

export const reference: FieldKit = { Display: ReferenceDisplay, Input, text: asText, width: 180 };
export const user: FieldKit = { ...reference, width: 160 };
export const manyToMany: FieldKit = { Display: ManyDisplay, Input, text: (value) => (Array.isArray(value) ? `${value.length}` : ""), width: 200 };
export const file: FieldKit = { ...reference, Display: FileDisplay };
