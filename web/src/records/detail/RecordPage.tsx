import "./detail.css";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { recordQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { FieldValue, isEmpty } from "~/fields";
import { modelLabel, screen } from "~/lib/i18n";
import { usePhone } from "~/lib/media";
import { rememberSeen } from "~/lib/recent";
import { highlights } from "~/metadata/layout";
import { isIncludable, visibleFields, type ObjectDef } from "~/metadata/model";
import { objectsQuery, titleOf, useCan, useObject } from "~/metadata/registry";
import { ErrorState, useSlow } from "~/ui/States";
import { Note } from "~/ui/Note";
import { Timeline } from "~/records/timeline/Timeline";
import { Composer } from "~/records/timeline/Composer";
import type { ComposerKind } from "~/records/timeline/activity";
import { About } from "./About";
import { Belonging } from "./Belonging";
import { Files } from "./Files";
import { History } from "./History";
import { NextStep } from "./NextStep";
import { asksPermission, PermissionNote, Permissions } from "./Permissions";
import { RecordHeader } from "./RecordHeader";
import { RecordMenu } from "./RecordMenu";
import { Related } from "./Related";
import { StagePath } from "./StagePath";
import { Steps } from "./Steps";

const DuplicatesLine = lazy(() => screen(import("~/records/duplicates/DuplicatesLine")));
const Star = lazy(() => screen(import("~/records/favourites/Star")));
const MATCHED = ["account", "contact", "lead"];
const INCLUDED = 12;
const KINDS: ComposerKind[] = ["note", "call", "meeting", "task"];

export function RecordPage() {
  const { t } = useTranslation();
  const { object: name = "", id = "" } = useParams({ strict: false });
  const object = useObject(name);
  const objects = useQuery(objectsQuery);
  const include = object ? visibleFields(object).filter(isIncludable).map((field) => field.name).slice(0, INCLUDED) : [];
  const record = useQuery({ ...recordQuery(name, id, include), enabled: object !== undefined });
  const slow = useSlow(record.isPending);
  if (objects.isSuccess && !object) return <ErrorState page error={{ status: 404, code: "not_found", detail: "", requestId: null, isOffline: false }} title="" />;
  if (record.isError && !record.data) return <ErrorState page error={asApiError(record.error)} title={t("state.error.record")} retry={() => void record.refetch()} />;
  if (!object || !record.data) return slow ? <RecordSkeleton /> : null;
  return <RecordView key={id} object={object} record={record.data} include={include} />;
}

function RecordView({ object, record, include }: { object: ObjectDef; record: RecordData; include: string[] }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const navigate = useNavigate();
  const can = useCan(object.name);
  const asked = (useSearch({ strict: false }) as { tab?: string }).tab;
  const [composer, setComposer] = useState<ComposerKind | null>(KINDS.find((kind) => kind === asked) ?? null);
  // The palette can ask for a form on the record that is open already.
  const [answered, setAnswered] = useState(asked);
  if (asked !== answered) {
    setAnswered(asked);
    const kind = KINDS.find((one) => one === asked);
    if (kind) setComposer(kind);
  }
  const compose = (kind: ComposerKind | null) => {
    setComposer(kind);
    if (asked) void navigate({ to: "/$object/$id", params: { object: object.name, id: record.id }, search: {}, replace: true });
  };
  useEffect(() => rememberSeen(object.name, record.id), [object.name, record.id]);
  const [tab, setTab] = useState<"timeline" | "changes" | "files">("timeline");
  const [zone, setZone] = useState<"timeline" | "about" | "related">("timeline");
  const archived = !isEmpty(record.archived_at);
  const mayEdit = can.update && !archived;
  const title = titleOf(object, record) || t("record.untitled");
  const about = (
    <>
      {asksPermission(object.name) ? <Permissions object={object.name} id={record.id} /> : null}
      <About object={object} record={record} mayEdit={mayEdit} />
    </>
  );
  const related = (
    <>
      <Belonging object={object} record={record} />
      <Related object={object} record={record} />
    </>
  );
  const middle = (
    <div className="px-5 py-4 max-[640px]:px-4">
      {archived ? null : <Composer object={object} record={record} kind={composer} onKind={compose} />}
      <div className="seg mt-3" role="tablist" aria-label={t("record.middle")}>
        {(["timeline", "changes", "files"] as const).map((one) => (
          <button key={one} type="button" role="tab" aria-selected={tab === one} aria-pressed={undefined} data-selected={tab === one || undefined} onClick={() => setTab(one)}>
            {t(`record.${one}`)}
          </button>
        ))}
      </div>
      {tab === "timeline" ? <Timeline object={object} record={record} /> : tab === "changes" ? <History object={object} record={record} mayEdit={mayEdit} /> : <Files object={object} id={record.id} mayEdit={mayEdit} />}
    </div>
  );
  return (
    <>
      <header className="top">
        <nav className="crumb" aria-label={t("record.breadcrumb")}>
          <Link to="/$object" params={{ object: object.name }} className="flex items-center gap-1">
            <ChevronLeft size={16} className="only-phone" aria-hidden />
            {modelLabel(object.plural_label)}
          </Link>
          <ChevronRight size={14} aria-hidden className="no-phone" />
          <span className="no-phone truncate" dir="auto">
            {title}
          </span>
        </nav>
        <Steps object={object.name} id={record.id} include={include} />
        <RecordMenu object={object} record={record} star={archived ? null : <Star target={{ object: object.name, id: record.id }} title={title} />} />
      </header>
      <div className={phone ? "scroll" : "rec"}>
        {archived ? (
          <div className="px-5 pt-3">
            <Note tone="inf">{t("record.archivedNote")}</Note>
          </div>
        ) : null}
        <RecordHeader object={object} record={record} title={title} onCompose={archived ? undefined : setComposer} />
        {asksPermission(object.name) ? <PermissionNote object={object.name} id={record.id} /> : null}
        <dl className="hl">
          {highlights(object, record).map((field) => (
            <div key={field.name}>
              <dt>{modelLabel(field.label)}</dt>
              <dd>{isEmpty(record[field.name]) && !field.masked && !field.hidden ? <span className="font-normal text-text-3">{t("value.none")}</span> : <FieldValue field={field} value={record[field.name]} record={record} />}</dd>
            </div>
          ))}
        </dl>
        <StagePath object={object} record={record} mayEdit={mayEdit} />
        <Suspense>{MATCHED.includes(object.name) ? <DuplicatesLine object={object} record={record} /> : null}</Suspense>
        {archived ? null : <NextStep object={object} record={record} onPlan={() => setComposer("task")} />}
        {phone ? (
          <>
            <div className="tabs" role="tablist">
              {(["timeline", "about", "related"] as const).map((one) => (
                <button key={one} type="button" role="tab" aria-selected={zone === one} className="tab" onClick={() => setZone(one)}>
                  {t(`record.${one}`)}
                </button>
              ))}
            </div>
            {zone === "timeline" ? middle : zone === "about" ? about : related}
          </>
        ) : (
          <div className="zones">
            <div className="zone border-e border-line">{about}</div>
            <div className="zone">{middle}</div>
            <div className="zone border-s border-line">{related}</div>
          </div>
        )}
      </div>
    </>
  );
}

function RecordSkeleton() {
  return (
    <div aria-busy className="flex flex-col">
      <div className="top" />
      <div className="flex items-center gap-3 px-5 py-4">
        <span className="skel size-10" />
        <span className="skel h-5 w-72" />
      </div>
      <div className="flex gap-10 border-b border-line px-5 pb-4">
        {[1, 2, 3, 4, 5].map((i) => (
          <span key={i} className="flex flex-col gap-2">
            <span className="skel w-16" />
            <span className="skel w-28" />
          </span>
        ))}
      </div>
      <div className="zones">
        {[0, 1, 2].map((zone) => (
          <div key={zone} className="zone flex flex-col gap-4 p-5">
            {[60, 80, 70, 50, 75, 65].map((width, i) => (
              <span key={i} className="skel" style={{ width: `${width}%` }} />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
