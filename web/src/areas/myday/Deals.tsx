import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CalendarPlus, CalendarX, Hourglass, Phone } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { firstPageQuery } from "~/api/records";
import type { ListQuery, RecordData } from "~/api/types";
import { titleOf, useObject } from "~/metadata/registry";
import { formatDate, formatNumber } from "~/lib/format";
import { amountText, daysInStage } from "~/records/detail/stages";
import { Badge } from "~/ui/Badge";
import { Button } from "~/ui/Button";
import { Block } from "./Block";

export type DealKind = "noStep" | "rotting" | "pastClose";

interface DealsProps {
  kind: DealKind;
  question: ListQuery;
  onPlan: (deal: RecordData) => void;
  onCall: (deal: RecordData) => void;
}

/** Opportunities that ask for something: a next step, a look, a new date. Nothing is shown when there is none. */
export function Deals({ kind, question, onPlan, onCall }: DealsProps) {
  const { t } = useTranslation();
  const account = useObject("account");
  const page = useQuery(firstPageQuery("opportunity", question));
  const items = page.data?.items ?? [];
  if (items.length === 0) return null;
  const total = page.data?.total ?? items.length;
  return (
    <Block title={t(`myday.${kind}`)} count={total} aside={t(`myday.${kind}Why`)}>
      <ul>
        {items.map((deal) => (
          <li key={deal.id} className="day-row tall">
            <span className="min-w-0 flex-1">
              <Link to="/$object/$id" params={{ object: "opportunity", id: deal.id }} className="block truncate font-medium hover:underline" dir="auto">
                {String(deal.name ?? "")}
              </Link>
              <span className="block truncate text-12 text-text-2" dir="auto">
                {titleOf(account, deal.account_record as RecordData | null)}
              </span>
            </span>
            <span className="num shrink-0 tabular-nums">{amountText(deal.amount)}</span>
            <Mark kind={kind} deal={deal} />
            <span className="flex shrink-0 gap-1">
              <Button small look="quiet" className="no-phone" icon={<Phone size={14} />} aria-label={t("myday.callOf", { what: String(deal.name ?? "") })} onClick={() => onCall(deal)}>
                {t("record.call")}
              </Button>
              <Button small icon={<CalendarPlus size={14} />} aria-label={t("myday.planOf", { what: String(deal.name ?? "") })} onClick={() => onPlan(deal)}>
                {t("myday.plan")}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {total > items.length ? (
        <Link to="/$object" params={{ object: "opportunity" }} search={{ filter: question.filter }} className="link inline-flex min-h-8 items-center">
          {t("related.all", { shown: formatNumber(total) })}
        </Link>
      ) : null}
    </Block>
  );
}

function Mark({ kind, deal }: { kind: DealKind; deal: RecordData }): ReactNode {
  const { t } = useTranslation();
  const stage = (deal.stage_record as RecordData | null)?.name;
  if (kind === "rotting") {
    return (
      <Badge tone="war">
        <Hourglass size={12} aria-hidden />
        {t("myday.daysIn", { count: daysInStage(deal) ?? 0, stage: String(stage ?? "") })}
      </Badge>
    );
  }
  if (kind === "pastClose" && typeof deal.close_date === "string") {
    return (
      <Badge tone="dan">
        <CalendarX size={12} aria-hidden />
        {formatDate(deal.close_date)}
      </Badge>
    );
  }
  return null;
}
