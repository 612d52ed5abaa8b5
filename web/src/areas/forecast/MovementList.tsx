import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { formatDate, formatMoney } from "~/lib/format";
import { Note } from "~/ui/Note";
import { movementQuery, type Forecast, type Moved } from "./model";
import type { ForecastSearch } from "./search";

/** How the open pipeline of the period came to what it is: from its first day until today or its last. */
export function MovementList({ forecast, search }: { forecast: Forecast; search: ForecastSearch }) {
  const { t } = useTranslation();
  const from = forecast.period.start;
  const to = forecast.today < forecast.period.end ? forecast.today : forecast.period.end;
  const begun = from <= forecast.today;
  const asked = useQuery({ ...movementQuery(search, from, to), enabled: begun });
  if (!begun) return null;
  return (
    <section className="px-5 py-4 max-[640px]:px-4" aria-labelledby="fc-moved">
      <h2 id="fc-moved" className="font-semibold">
        {t("forecast.moved")}
      </h2>
      <p className="text-12 text-text-2">{t("forecast.movedText", { from: formatDate(from), to: formatDate(to) })}</p>
      {asked.isError ? <Note tone="dan">{asApiError(asked.error).detail || t("state.error.server")}</Note> : null}
      {asked.data ? (
        <table className="fc-moved">
          <caption className="sr-only">{t("forecast.moved")}</caption>
          <tbody>
            <tr className="sum">
              <th scope="row">{t("forecast.move.start")}</th>
              <td>{t("forecast.deals", { count: asked.data.start.deals })}</td>
              <td>{formatMoney(asked.data.start.amount)}</td>
            </tr>
            {asked.data.lines.filter((line) => line.deals > 0).map((line) => (
              <MovedRow key={line.name} line={line} />
            ))}
            <tr className="sum">
              <th scope="row">{t("forecast.move.end")}</th>
              <td>{t("forecast.deals", { count: asked.data.end.deals })}</td>
              <td>{formatMoney(asked.data.end.amount)}</td>
            </tr>
          </tbody>
        </table>
      ) : null}
    </section>
  );
}

function MovedRow({ line }: { line: Moved }) {
  const { t } = useTranslation();
  const deals = t("forecast.deals", { count: line.deals });
  return (
    <tr>
      <th scope="row">{t(`forecast.move.${line.name}`)}</th>
      <td>
        {line.filter ? (
          <Link to="/$object" params={{ object: "opportunity" }} search={{ filter: line.filter, view: "table", saved: "all" }} className="link" aria-label={`${t(`forecast.move.${line.name}`)}: ${deals}`}>
            {deals}
          </Link>
        ) : (
          deals
        )}
      </td>
      <td>
        {line.sign > 0 ? "+" : "−"} {formatMoney(line.amount)}
      </td>
    </tr>
  );
}
