import { Link } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import { useTranslation } from "react-i18next";
import { formatMoney, formatNumber } from "~/lib/format";
import { Badge } from "~/ui/Badge";
import { IconButton } from "~/ui/Button";
import { behind, type ColumnName, type Forecast, type Judged, type Line } from "./model";

/** A number that leads to its deals; the deals of today are no answer to a question about a day of the past. */
export function Figure({ column, forecast, line }: { column: ColumnName; forecast: Forecast; line: Line | null }) {
  const { t } = useTranslation();
  const { amount, deals, without_amount: unknown, unconverted } = (line ?? forecast.total).total[column];
  const note = [t("forecast.deals", { count: deals }), unknown ? t("forecast.withoutAmount", { count: unknown }) : "", unconverted ? t("forecast.withoutRate", { count: unconverted }) : ""].filter(Boolean).join(", ");
  if (deals === 0) return <span className="text-text-3" title={note}>{formatMoney(amount)}</span>;
  if (forecast.as_of) return <span title={note}>{formatMoney(amount)}</span>;
  return (
    <Link to="/$object" params={{ object: "opportunity" }} search={{ filter: behind(column, forecast, line), view: "table", saved: "all" }} className="hover:underline" title={note}>
      {formatMoney(amount)}
    </Link>
  );
}

/** What rolls up; where a manager judged, what was calculated stands beside it. */
export function JudgedFigure({ column, forecast, line, onJudge }: { column: Judged; forecast: Forecast; line: Line; onJudge?: () => void }) {
  const { t } = useTranslation();
  const override = line.overrides[column];
  const calculated = line.total[column].amount;
  const rolls = line.rolls_up[column];
  const name = line.person?.name ?? t("forecast.nobody");
  return (
    <span className="fc-judged">
      <span className="flex flex-col items-end">
        {rolls.amount === calculated.amount && !override ? (
          <Figure column={column} forecast={forecast} line={line} />
        ) : (
          <>
            <span className={override ? "font-semibold" : undefined} title={override ? t("forecast.judgedBy", { name: override.by?.name ?? "", reason: override.reason }) : undefined}>
              {formatMoney(rolls)}
            </span>
            <span className="text-12 text-text-2">
              {t("forecast.calculated")} <Figure column={column} forecast={forecast} line={line} />
            </span>
          </>
        )}
        {override?.stale ? <Badge tone="war">{t("forecast.stale")}</Badge> : null}
      </span>
      {onJudge ? (
        <IconButton label={t(`forecast.judge.${column}`, { name })} onClick={onJudge}>
          <Pencil size={14} />
        </IconButton>
      ) : null}
    </span>
  );
}

/** "84.2 %" of "0.8421". */
export function percentText(ratio: string | null): string {
  return ratio === null ? "–" : `${formatNumber(Number(ratio) * 100, 1)} %`;
}
/** "3.1×" of "3.1234". */
export function timesText(ratio: string | null): string {
  return ratio === null ? "–" : `${formatNumber(Number(ratio), 1)}×`;
}
