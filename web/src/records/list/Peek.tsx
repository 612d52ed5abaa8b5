import "~/records/detail/detail.css";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Calendar, ChevronDown, ChevronUp, CircleDashed, Maximize2, PanelRightClose } from "lucide-react";
import { useMemo, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { recordQuery, timelineQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { FieldValue, isEmpty } from "~/fields";
import { RecordMark } from "~/fields/reference";
import { cx } from "~/lib/cx";
import { formatMoment, formatMomentExact, formatNumber, isMoney } from "~/lib/format";
import { modelLabel } from "~/lib/i18n";
import { preferences } from "~/lib/preferences";
import { createFields, defaultColumns } from "~/metadata/layout";
import { fieldOf, isIncludable, typeOf, visibleFields, type FieldDef, type ObjectDef } from "~/metadata/model";
import { titleOf, useCan } from "~/metadata/registry";
import { InlineField } from "~/records/detail/InlineField";
import { daysInStage, useStages } from "~/records/detail/stages";
import { hasBoard } from "~/records/list/stageField";
import { kindIcon } from "~/records/timeline/kinds";
import { IconButton } from "~/ui/Button";
import { StageMark } from "~/ui/StageMark";
import { ErrorState, useSlow } from "~/ui/States";
import { weighted } from "~/records/board/figures";

const LATEST = 5;
const MOST_DETAILS = 14;

export interface PeekProps {
  object: ObjectDef;
  id: string;
  place: { index: number; count: number; atLeast: boolean } | null;
  first: boolean;
  last: boolean;
  onStep: (by: number) => void;
  onOpen: (record: RecordData) => void;
  onClose: () => void;
}

/** A record beside its list: enough to judge and to mend it without leaving the place. */
export default function Peek({ object, id, place, first, last, onStep, onOpen, onClose }: PeekProps) {
  const { t } = useTranslation();
  const includes = useMemo(() => visibleFields(object).filter(isIncludable).map((field) => field.name).slice(0, 12), [object]);
  const query = useQuery({ ...recordQuery(object.name, id, includes), placeholderData: undefined });
  const slow = useSlow(query.isPending);
  const record = query.data;
  const title = record ? titleOf(object, record) || t("record.untitled") : "";
  const keys = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target instanceof HTMLElement && (event.target.closest("input,textarea,select,[role=listbox],[role=menu]") !== null || event.target.isContentEditable);
    if (event.key === "Escape" && !typing) onClose();
    else if (!typing && preferences().singleKeys && event.key === "j" && !last) onStep(1);
    else if (!typing && preferences().singleKeys && event.key === "k" && !first) onStep(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // Keys of what is inside bubble up; the panel itself takes no focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside className="peek" aria-label={t("peek.title", { what: title })} onKeyDown={keys}>
      <header className="peek-head">
        <IconButton label={t("peek.close")} hint="Esc" onClick={onClose}>
          <PanelRightClose size={16} className="rtl-flip" />
        </IconButton>
        {/* Not `disabled`: a button that is switched off under the finger loses the focus, and with it Escape. */}
        <IconButton label={t("peek.before")} hint="K" aria-disabled={first} onClick={() => first || onStep(-1)}>
          <ChevronUp size={16} />
        </IconButton>
        <IconButton label={t("peek.after")} hint="J" aria-disabled={last} onClick={() => last || onStep(1)}>
          <ChevronDown size={16} />
        </IconButton>
        <span className="text-12 text-text-3 tabular-nums">{place ? t("peek.place", { index: formatNumber(place.index + 1), count: `${formatNumber(place.count)}${place.atLeast ? "+" : ""}` }) : ""}</span>
        <Link
          to="/$object/$id"
          params={{ object: object.name, id }}
          className="btn sm ms-auto"
          onClick={(event) => {
            if (!record || event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            onOpen(record);
          }}
        >
          <Maximize2 size={14} aria-hidden />
          {t("peek.open")}
        </Link>
      </header>
      {query.isError && !record ? (
        <ErrorState error={asApiError(query.error)} title={t("peek.failed")} retry={() => void query.refetch()} />
      ) : record ? (
        <Facts key={record.id} object={object} record={record} title={title} />
      ) : (
        <div className="flex flex-col gap-3 p-5" aria-busy>
          {slow ? [60, 40, 80, 70, 50].map((width) => <span key={width} className="skel" style={{ width: `${width}%` }} />) : null}
        </div>
      )}
    </aside>
  );
}

function Facts({ object, record, title }: { object: ObjectDef; record: RecordData; title: string }) {
  const { t } = useTranslation();
  const can = useCan(object.name);
  const board = hasBoard(object);
  const subtitle = object.subtitle ? fieldOf(object, object.subtitle) : undefined;
  const money = visibleFields(object).find((field) => typeOf(field) === "money" && !isEmpty(record[field.name]) && defaultColumns(object).includes(field.name));
  const apart = new Set([object.title, "updated_at", object.subtitle, money?.name, ...(board ? ["stage", "next_step", "stage_entered_at", "probability", "pipeline"] : [])]);
  const named = [...createFields(object).first.map((field) => field.name), ...defaultColumns(object)].filter((name, index, all) => all.indexOf(name) === index && !apart.has(name));
  const others = visibleFields(object).filter((field) => !field.base && !apart.has(field.name) && !named.includes(field.name) && !isEmpty(record[field.name]) && typeOf(field) !== "roll_up");
  const details = [...named.map((name) => fieldOf(object, name)).filter((field): field is FieldDef => field !== undefined), ...others].slice(0, MOST_DETAILS);
  const nextStep = fieldOf(object, "next_step");
  return (
    <div className="scroll">
      <section className="sec">
        <h2 className="flex items-start gap-2 text-16 font-semibold" dir="auto">
          {["account", "contact", "lead", "user", "team"].includes(object.name) ? (
            <span className="pt-0.5">
              <RecordMark target={{ object: object.name, id: record.id }} title={title} size={20} />
            </span>
          ) : null}
          <span className="min-w-0 break-words">{title}</span>
        </h2>
        {subtitle && !isEmpty(record[subtitle.name]) ? (
          <div className="mt-0.5 text-text-2">
            <FieldValue field={subtitle} value={record[subtitle.name]} record={record} />
          </div>
        ) : null}
        {money && isMoney(record[money.name]) ? <Amount object={object} record={record} field={money} /> : null}
        {board ? <Stages record={record} /> : null}
      </section>
      {board && nextStep ? (
        <section className="sec" aria-label={modelLabel(nextStep.label)}>
          <dl className={cx("peek-step", isEmpty(record.next_step) && "none")}>
            {isEmpty(record.next_step) ? <CircleDashed size={16} aria-hidden /> : <Calendar size={16} aria-hidden />}
            <InlineField object={object.name} field={nextStep} record={record} mayEdit={can.update} />
          </dl>
        </section>
      ) : null}
      <section className="sec">
        <h3 className="sech">{t("peek.details")}</h3>
        <dl>
          {details.map((field) => (
            <InlineField key={field.name} object={object.name} field={field} record={record} mayEdit={can.update} />
          ))}
        </dl>
      </section>
      {object.system ? null : <Latest object={object} record={record} />}
    </div>
  );
}

function Amount({ object, record, field }: { object: ObjectDef; record: RecordData; field: FieldDef }) {
  const { t } = useTranslation();
  const likely = fieldOf(object, "probability") && typeof record.probability === "string" ? Number(record.probability) : null;
  const share = likely === null ? null : weighted(record[field.name], likely);
  return (
    <div className="mt-2 flex flex-wrap items-baseline gap-x-2">
      <span className="text-20 font-semibold">
        <FieldValue field={field} value={record[field.name]} record={record} />
      </span>
      {share ? <span className="text-text-2 tabular-nums">{t("peek.weighted", { percent: formatNumber(likely ?? 0), amount: share })}</span> : null}
    </div>
  );
}

function Stages({ record }: { record: RecordData }) {
  const { t } = useTranslation();
  const { stages } = useStages(typeof record.pipeline === "string" ? record.pipeline : null);
  const current = stages.find((stage) => stage.id === record.stage);
  if (!current) return null;
  const days = daysInStage(record);
  const open = stages.filter((stage) => stage.kind === "open" && stage.pipeline === current.pipeline);
  return (
    <div className="mt-2">
      <div className="peek-path" aria-hidden>
        {open.map((stage) => (
          <span key={stage.id} className={cx(current.kind === "won" || stage.position < current.position ? "done" : "", stage.id === current.id && "cur")} />
        ))}
      </div>
      <div className="mt-1.5 flex items-center gap-2">
        <span className="text-accent-text">
          <StageMark kind={current.kind} probability={current.probability} size={16} />
        </span>
        <span>{current.name}</span>
        {days !== null && current.kind === "open" ? (
          <span className={cx("ms-auto text-12 tabular-nums", current.rottingDays !== null && days > current.rottingDays ? "text-warning" : "text-text-3")}>
            {current.rottingDays === null ? t("peek.here", { count: days }) : t("peek.hereUsual", { count: days, usual: current.rottingDays })}
          </span>
        ) : null}
      </div>
    </div>
  );
}

function Latest({ object, record }: { object: ObjectDef; record: RecordData }) {
  const { t } = useTranslation();
  const timeline = useInfiniteQuery(timelineQuery(object.name, record.id));
  const entries = (timeline.data?.pages[0]?.items ?? []).filter((entry) => entry.id !== record.id).slice(0, LATEST);
  if (timeline.isError || (timeline.isSuccess && entries.length === 0)) return null;
  return (
    <section className="sec">
      <div className="sech">
        <h3>{t("peek.latest")}</h3>
        <Link to="/$object/$id" params={{ object: object.name, id: record.id }} className="link ms-auto text-12 font-normal">
          {t("peek.all")}
        </Link>
      </div>
      <ol>
        {entries.map((entry) => {
          const Icon = kindIcon(entry.object, entry.kind);
          return (
            <li key={`${entry.object}/${entry.id}/${entry.at}`} className="flex min-h-8 items-center gap-2 border-b border-line last:border-0">
              <Icon size={14} className="text-text-3" aria-hidden />
              <span className="min-w-0 flex-1 truncate" dir="auto" title={entry.title}>
                {entry.title}
              </span>
              <time className="text-12 text-text-3" dateTime={entry.at} title={formatMomentExact(entry.at)}>
                {formatMoment(entry.at)}
              </time>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
