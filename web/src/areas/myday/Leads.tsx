import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Phone } from "lucide-react";
import { useTranslation } from "react-i18next";
import { firstPageQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { formatMoment } from "~/lib/format";
import { titleOf, useObject } from "~/metadata/registry";
import { Avatar } from "~/ui/Avatar";
import { Button } from "~/ui/Button";
import { Block } from "./Block";
import { newLeadsQuestion } from "./questions";

/** Leads that nobody has answered yet: the sooner, the likelier they talk. */
export function Leads({ day, onCall }: { day: Date; onCall: (lead: RecordData) => void }) {
  const { t } = useTranslation();
  const object = useObject("lead");
  const page = useQuery(firstPageQuery("lead", newLeadsQuestion(day)));
  const items = page.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Block title={t("myday.newLeads")} count={page.data?.total ?? items.length} aside={t("myday.newLeadsWhy")}>
      <ul>
        {items.map((lead) => {
          const name = titleOf(object, lead) || t("record.untitled");
          return (
            <li key={lead.id} className="day-row tall">
              <Avatar id={lead.id} name={name} size="m" />
              <span className="min-w-0 flex-1">
                <Link to="/$object/$id" params={{ object: "lead", id: lead.id }} className="block truncate font-medium hover:underline" dir="auto">
                  {name}
                </Link>
                <span className="block truncate text-12 text-text-2" dir="auto">
                  {[lead.company, lead.source].filter((text) => typeof text === "string" && text !== name).join(", ")}
                </span>
              </span>
              <time className="shrink-0 text-12 text-text-3" dateTime={String(lead.created_at)}>
                {formatMoment(String(lead.created_at))}
              </time>
              <Button small icon={<Phone size={14} />} aria-label={t("myday.callOf", { what: name })} onClick={() => onCall(lead)}>
                {t("timeline.logCall")}
              </Button>
            </li>
          );
        })}
      </ul>
    </Block>
  );
}
