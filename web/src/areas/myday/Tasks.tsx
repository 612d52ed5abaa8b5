import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CalendarClock, Check, CircleAlert, CircleDot, Flag } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { firstPageQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { RecordName } from "~/fields/reference";
import { cx } from "~/lib/cx";
import { daysFromToday, formatDate, formatTime, parseDate } from "~/lib/format";
import { kindIcon } from "~/records/timeline/kinds";
import { MenuButton } from "~/ui/Menu";
import { ErrorState, useSlow } from "~/ui/States";
import { Block } from "./Block";
import { doneQuestion, snoozeDays, tasksQuestion, type TaskRange } from "./questions";
import type { TaskActions } from "./useTaskActions";

const KIND_ICON: Record<string, string> = { call: "call", email: "email", letter: "letter", visit: "visit" };

/** What is to be done: a press finishes it, the menu puts it off. */
export function Tasks({ today, actions, onPickDay }: { today: Date; actions: TaskActions; onPickDay: (task: RecordData) => void }) {
  const { t } = useTranslation();
  const [range, setRange] = useState<TaskRange>("today");
  const due = useQuery(firstPageQuery("task", tasksQuestion(range, today)));
  const done = useQuery({ ...firstPageQuery("task", doneQuestion(today)), enabled: range === "today" });
  const slow = useSlow(due.isPending);
  const finished = range === "today" ? (done.data?.items ?? []) : [];
  const items = [...(due.data?.items ?? []), ...finished.filter((task) => !due.data?.items.some((other) => other.id === task.id))];
  return (
    <Block
      title={t("myday.tasks")}
      count={due.data?.total ?? due.data?.items.length}
      aside={
        <span className="seg" role="group" aria-label={t("myday.range")}>
          {(["today", "week", "waiting"] as const).map((one) => (
            <button key={one} type="button" aria-pressed={range === one} onClick={() => setRange(one)}>
              {t(`myday.range.${one}`)}
            </button>
          ))}
        </span>
      }
    >
      {due.isError ? <ErrorState error={asApiError(due.error)} title={t("myday.failed")} retry={() => void due.refetch()} /> : null}
      {slow ? [1, 2, 3].map((row) => <span key={row} className="skel my-3 w-2/3" />) : null}
      {due.isSuccess && items.length === 0 ? <p className="py-3 text-text-3">{t(`myday.noTasks.${range}`)}</p> : null}
      <ul>
        {items.map((task) => (
          <TaskRow key={task.id} task={task} today={today} actions={actions} onPickDay={() => onPickDay(task)} />
        ))}
      </ul>
    </Block>
  );
}

function TaskRow({ task, today, actions, onPickDay }: { task: RecordData; today: Date; actions: TaskActions; onPickDay: () => void }) {
  const { t } = useTranslation();
  const subject = String(task.subject ?? "");
  const isDone = task.status === "done";
  const Icon = kindIcon("task", KIND_ICON[String(task.kind)] ?? "task");
  const about = (task.about as { object: string; id: string } | null) ?? null;
  const customer = about ?? (typeof task.account === "string" ? { object: "account", id: task.account } : typeof task.contact === "string" ? { object: "contact", id: task.contact } : null);
  const high = task.priority === "high" || task.priority === "urgent";
  return (
    <li className="day-row">
      <button type="button" className={cx("done-ring", isDone && "on")} aria-pressed={isDone} aria-label={t(isDone ? "myday.reopen" : "myday.finish", { what: subject })} onClick={() => void actions.done(task)}>
        <Check size={12} aria-hidden />
      </button>
      <Icon size={16} className="text-text-3" aria-hidden />
      <span className="flex min-w-0 flex-1 items-center gap-2 max-[640px]:flex-col max-[640px]:items-start max-[640px]:gap-0">
        <Link to="/$object/$id" params={{ object: "task", id: task.id }} className={cx("max-w-full min-w-0 shrink-0 truncate font-medium hover:underline", isDone && "text-text-3 line-through")} dir="auto">
          {subject}
        </Link>
        {customer ? (
          <span className="flex max-w-full min-w-0 text-text-3">
            <RecordName target={customer} included={customer.object === "account" ? task.account_record : customer.object === "contact" ? task.contact_record : undefined} plain />
          </span>
        ) : null}
      </span>
      {high ? (
        <span className="no-phone flex items-center gap-1 text-12 text-warning">
          <Flag size={14} aria-hidden />
          {t("myday.high")}
        </span>
      ) : null}
      <Due task={task} today={today} />
      {isDone ? null : (
        <MenuButton
          label={t("myday.putOff", { what: subject })}
          buttonClass="btn gho sm ic"
          groups={[{ title: t("myday.putOffTo"), items: [...snoozeDays(today).map(({ key, date }) => ({ id: key, label: t(`myday.snooze.${key}`), hint: formatDate(date), onAction: () => void actions.move(task, date) })), { id: "pick", label: t("myday.snooze.pick"), onAction: onPickDay }] }]}
        >
          <CalendarClock size={16} aria-hidden />
        </MenuButton>
      )}
    </li>
  );
}

/** How late, or when today; the word carries it, the colour repeats it. */
function Due({ task, today }: { task: RecordData; today: Date }) {
  const { t } = useTranslation();
  const due = typeof task.due_on === "string" ? task.due_on : null;
  if (task.status === "done") return <span className="text-12 text-text-3 tabular-nums">{typeof task.done_at === "string" ? formatTime(task.done_at) : ""}</span>;
  if (!due) return null;
  const days = daysFromToday(parseDate(due), today);
  const time = typeof task.due_time === "string" ? task.due_time : "";
  if (days < 0) {
    return (
      <span className="flex shrink-0 items-center gap-1 text-12 font-medium text-danger">
        <CircleAlert size={14} aria-hidden />
        {t("myday.late", { count: -days })}
      </span>
    );
  }
  return (
    <span className={cx("flex shrink-0 items-center gap-1 text-12 tabular-nums", days === 0 ? "text-success" : "text-text-3")}>
      {days === 0 ? <CircleDot size={14} aria-hidden /> : null}
      {days === 0 ? time || t("myday.today") : `${formatDate(due)}${time ? `, ${time}` : ""}`}
    </span>
  );
}
