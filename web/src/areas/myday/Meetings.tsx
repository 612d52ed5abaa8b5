import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleDot } from "lucide-react";
import { useTranslation } from "react-i18next";
import { firstPageQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { cx } from "~/lib/cx";
import { formatTime } from "~/lib/format";
import { titleOf, useObject } from "~/metadata/registry";
import { Badge } from "~/ui/Badge";
import { Block } from "./Block";
import { meetingsQuestion, plusDays } from "./questions";

const SOON_MINUTES = 60;

/** The meetings of the day along the clock; the line says where the day is now. */
export function Meetings({ day, now }: { day: Date; now: Date }) {
  const { t } = useTranslation();
  const page = useQuery(firstPageQuery("meeting", meetingsQuestion(day, plusDays(day, 1))));
  const items = page.data?.items ?? [];
  const startOf = (meeting: RecordData) => new Date(String(meeting.starts_at));
  const next = items.findIndex((meeting) => startOf(meeting) > now);
  const isToday = now >= day && now < plusDays(day, 1);
  return (
    <Block
      title={t("myday.meetings")}
      count={page.data?.total ?? items.length}
      aside={
        <Link to="/calendar" className="link inline-flex min-h-6 items-center">
          {t("calendar.title")}
        </Link>
      }
    >
      {page.isSuccess && items.length === 0 ? <p className="py-3 text-text-3">{t("myday.noMeetings")}</p> : null}
      <ol>
        {items.map((meeting, index) => (
          <Meeting key={meeting.id} meeting={meeting} now={now} line={isToday && index === next && index > 0} />
        ))}
      </ol>
    </Block>
  );
}

function Meeting({ meeting, now, line }: { meeting: RecordData; now: Date; line: boolean }) {
  const { t } = useTranslation();
  const account = useObject("account");
  const contact = useObject("contact");
  const starts = new Date(String(meeting.starts_at));
  const ends = typeof meeting.ends_at === "string" ? new Date(meeting.ends_at) : null;
  const over = (ends ?? starts) < now;
  const minutes = Math.round((starts.getTime() - now.getTime()) / 60_000);
  const who = [titleOf(account, meeting.account_record as RecordData | null), titleOf(contact, meeting.contact_record as RecordData | null)].filter(Boolean).join(", ") || String(meeting.location ?? "");
  return (
    <li>
      {line ? (
        <div className="flex items-center gap-2 text-11 font-semibold text-accent-text tabular-nums" aria-hidden>
          {formatTime(now)}
          <span className="h-px flex-1 bg-accent" />
        </div>
      ) : null}
      <Link to="/$object/$id" params={{ object: "meeting", id: meeting.id }} className="day-row tall hover:bg-hover">
        <span className="w-11 shrink-0 text-12 tabular-nums">
          <span className={cx("block", over ? "text-text-3" : "font-medium")}>{meeting.all_day ? t("calendar.allDay") : formatTime(starts)}</span>
          <span className="block text-text-3">{ends && !meeting.all_day ? formatTime(ends) : ""}</span>
        </span>
        <span className="min-w-0 flex-1">
          <span className={cx("block truncate", over ? "text-text-2" : "font-medium")} dir="auto">
            {String(meeting.subject || t("kind.meeting"))}
          </span>
          <span className="block truncate text-12 text-text-2" dir="auto">
            {who}
          </span>
        </span>
        {minutes > 0 && minutes <= SOON_MINUTES ? (
          <Badge tone="suc">
            <CircleDot size={12} aria-hidden />
            {t("myday.inMinutes", { count: minutes })}
          </Badge>
        ) : null}
      </Link>
    </li>
  );
}
