import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { BadgeCheck, ScrollText, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LOG_KINDS, logQuery, type LogEntry, type LogQuestion } from "~/api/log";
import { asApiError } from "~/api/problem";
import { titleQuery } from "~/api/titles";
import { formatMoment, formatMomentExact } from "~/lib/format";
import { titleOf, useCapability, useObject, useObjects } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { Choose, TextInput } from "~/ui/Input";
import { EmptyState, ErrorState, ForbiddenState, useSlow } from "~/ui/States";
import { CheckDialog } from "./CheckDialog";
import { EntryDialog } from "./EntryDialog";
import "./log.css";
import { peopleQuery, useNames } from "./names";
import { PausedReaders } from "./PausedReaders";
import { author, dayOf, said, sinceDay } from "./said";

/** Who did what with rights and data, the newest first. */
export function LogPage() {
  const { t } = useTranslation();
  const mayRead = useCapability("read_log");
  const asked = useSearch({ strict: false }) as LogQuestion;
  const navigate = useNavigate();
  const [checking, setChecking] = useState(false);
  if (!mayRead) return <ForbiddenState page />;
  const go = (next: LogQuestion) => void navigate({ to: "/admin/log", search: Object.fromEntries(Object.entries({ ...asked, ...next }).filter(([, value]) => value)), replace: true });
  const narrowed = Object.keys(asked).length > 0;
  return (
    <>
      <header className="top">
        <h1>{t("log.title")}</h1>
        <Button small className="ms-auto" icon={<BadgeCheck size={16} />} onClick={() => setChecking(true)}>
          {t("log.check")}
        </Button>
      </header>
      <div className="bar log-asked flex-wrap">
        <Choose className="max-w-52" aria-label={t("log.kind")} value={asked.kind ?? ""} onValue={(kind) => go({ kind })} options={[{ value: "", label: t("log.allKinds") }, ...LOG_KINDS.map((kind) => ({ value: kind, label: t(`log.kind.${kind}`) }))]} />
        <People value={asked.by ?? ""} onValue={(by) => go({ by })} />
        <TextInput type="date" className="max-w-44" aria-label={t("log.since")} value={dayOf(asked.from)} onValue={(day) => go({ from: sinceDay(day) })} />
        <Words value={asked.searched ?? ""} onValue={(searched) => go({ searched })} />
        {asked.saw && asked.object ? <Saw object={asked.object} id={asked.saw} onRemove={() => go({ saw: "", object: "" })} /> : null}
        {narrowed ? (
          <Button small look="quiet" onClick={() => void navigate({ to: "/admin/log", search: {}, replace: true })}>
            {t("action.clear")}
          </Button>
        ) : null}
      </div>
      <PausedReaders />
      <Entries asked={asked} narrowed={narrowed} />
      {checking ? <CheckDialog onClose={() => setChecking(false)} /> : null}
    </>
  );
}

/** Colleagues, as far as the asker may read them. */
function People({ value, onValue }: { value: string; onValue: (id: string) => void }) {
  const { t } = useTranslation();
  const people = useQuery(peopleQuery).data ?? [];
  const known = people.some((one) => one.id === value);
  const options = [{ value: "", label: t("log.everybody") }, ...people.map((one) => ({ value: one.id, label: String(one.name ?? one.id) })), ...(value && !known ? [{ value, label: value.slice(0, 8) }] : [])];
  return <Choose className="max-w-52" aria-label={t("log.by")} value={value} onValue={onValue} options={options} />;
}

/** Only just these words: what was searched is kept as a hash. */
function Words({ value, onValue }: { value: string; onValue: (words: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onValue(typed.trim());
      }}
    >
      <TextInput className="max-w-56" aria-label={t("log.searched")} placeholder={t("log.searched")} value={typed} onValue={setTyped} onBlur={() => typed.trim() !== value && onValue(typed.trim())} />
    </form>
  );
}

function Saw({ object, id, onRemove }: { object: string; id: string; onRemove: () => void }) {
  const { t } = useTranslation();
  const definition = useObject(object);
  const title = useQuery({ ...titleQuery(object, id, definition ? [definition.title] : []), enabled: Boolean(definition) }).data;
  return (
    <button type="button" className="log-chip" onClick={onRemove} aria-label={t("log.sawRemove")}>
      {t("log.saw", { what: titleOf(definition, title) || id.slice(0, 8) })}
      <X size={14} aria-hidden />
    </button>
  );
}

function Entries({ asked, narrowed }: { asked: LogQuestion; narrowed: boolean }) {
  const { t } = useTranslation();
  const objects = useObjects();
  const log = useInfiniteQuery(logQuery(asked));
  const slow = useSlow(log.isPending);
  const names = useNames();
  const [open, setOpen] = useState<LogEntry | null>(null);
  const entries = log.data?.pages.flatMap((page) => page.items) ?? [];
  if (log.isError && !log.data) return <ErrorState error={asApiError(log.error)} title={t("log.failed")} retry={() => void log.refetch()} />;
  if (log.isPending) return slow ? <div className="flex flex-col gap-3 p-5" aria-busy>{[50, 70, 60].map((width) => <span key={width} className="skel" style={{ width: `${width}%` }} />)}</div> : null;
  if (entries.length === 0) return <EmptyState icon={<ScrollText size={20} />} title={t(narrowed ? "log.none" : "log.empty")} text={t(asked.saw ? "log.noneSaw" : "log.noneText")} />;
  return (
    <div className="scroll">
      <table className="log w-full border-collapse">
        <thead>
          <tr className="sticky top-0 z-1 bg-surface text-12 text-text-3 shadow-[0_1px_0_var(--c-line)]">
            <th scope="col" className="h-8 ps-5 text-start font-medium">{t("log.when")}</th>
            <th scope="col" className="px-3 text-start font-medium">{t("log.who")}</th>
            <th scope="col" className="px-3 text-start font-medium">{t("log.what")}</th>
            <th scope="col" className="no-phone px-3 pe-5 text-start font-medium">{t("log.detail")}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.entry} className="border-b border-line hover:bg-hover">
              <td className="h-10 ps-5 whitespace-nowrap tabular-nums text-text-2" title={formatMomentExact(entry.at)}>
                {formatMoment(entry.at)}
              </td>
              <td className="max-w-44 truncate px-3">{entry.by ? author(entry.by) : <span className="text-text-3">{t("log.nobody")}</span>}</td>
              <td className="px-3 whitespace-nowrap max-[640px]:whitespace-normal">
                <button type="button" className="text-start font-medium hover:underline" onClick={() => setOpen(entry)}>
                  {t(`log.kind.${entry.kind}`, { defaultValue: entry.kind })}
                </button>
                <span className="hidden text-12 text-text-2 max-[640px]:block">{said(entry, objects, names)}</span>
              </td>
              <td className="no-phone w-full max-w-0 truncate px-3 pe-5 text-text-2">{said(entry, objects, names)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {log.hasNextPage ? (
        <div className="p-4 text-center">
          <Button busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            {t("action.more")}
          </Button>
        </div>
      ) : null}
      {open ? <EntryDialog entry={open} onClose={() => setOpen(null)} /> : null}
    </div>
  );
}
