import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { formatMoney, formatNumber } from "~/lib/format";
import { Note } from "~/ui/Note";
import { percentText } from "./Figure";
import type { Forecast } from "./model";

/** What stands beside the columns: where the closed part came from, win rates, list value, deals without a rate. */
export function Beside({ forecast }: { forecast: Forecast }) {
  const { t } = useTranslation();
  const { total } = forecast.total;
  const { by_close: close, by_creation: born, so_far: sofar } = total.win_rate;
  const list = forecast.list_value;
  const counts = (rate: { won: number; lost: number }) => t("forecast.wonLost", { won: formatNumber(rate.won), lost: formatNumber(rate.lost) });
  return (
    <section className="fc-beside" aria-label={t("forecast.beside")}>
      <dl>
        <dt>{t("forecast.closed")}</dt>
        <dd>
          {t("forecast.closedParts", { before: formatMoney(total.closed_from_before.amount), inside: formatMoney(total.closed_born_inside.amount) })}
        </dd>
        <dt>{t("forecast.weighted")}</dt>
        <dd>{formatMoney(total.weighted)}</dd>
        <dt>{t("forecast.rate.by_close")}</dt>
        <dd>
          {percentText(close.rate)} <small>{counts(close)}</small>
        </dd>
        <dt>{t("forecast.rate.by_creation")}</dt>
        <dd>
          {percentText(born.rate)} <small>{`${counts(born)}, ${t("forecast.stillOpen", { count: born.open ?? 0 })}`}</small>
        </dd>
        <dt>{t("forecast.rate.so_far")}</dt>
        <dd>
          {percentText(sofar.rate)} <small>{counts(sofar)}</small>
        </dd>
        {list ? (
          <>
            <dt>{t("forecast.list")}</dt>
            <dd>
              {formatMoney(list.amount)}{" "}
              <small>
                {t("forecast.deals", { count: list.deals })}
                {list.weighted ? `, ${t("forecast.listWeighted", { amount: formatMoney(list.weighted) })}` : ""}
              </small>
            </dd>
          </>
        ) : null}
      </dl>
      {forecast.unconverted.deals > 0 ? (
        <Note tone="war">
          {t("forecast.unconverted", { count: forecast.unconverted.deals })}{" "}
          {forecast.unconverted.items.slice(0, 5).map((deal) => (
            <Link key={deal.id} to="/$object/$id" params={{ object: "opportunity", id: deal.id }} className="link me-2">
              {deal.name}
            </Link>
          ))}
        </Note>
      ) : null}
    </section>
  );
}
