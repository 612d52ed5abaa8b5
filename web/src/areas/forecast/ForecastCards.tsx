import { useTranslation } from "react-i18next";
import type { ReactNode } from "react";
import { formatMoney } from "~/lib/format";
import { Figure, JudgedFigure, percentText, timesText } from "./Figure";
import type { TreeProps } from "./ForecastTable";

/** On a phone each person is a card; the tree is told by who stands above. */
export function ForecastCards({ forecast, rows, mayJudge, onJudge }: TreeProps) {
  const { t } = useTranslation();
  return (
    <ul className="flex flex-col gap-3 px-4 py-3" aria-label={t("forecast.table")}>
      {rows.map((row) => {
        const { line } = row;
        const judge = (column: "commit" | "best_case") => (mayJudge(row) ? () => onJudge({ line, column, manager: row.above?.id ?? "" }) : undefined);
        return (
          <li key={row.key} className="fc-card">
            <h2 className="truncate font-semibold" dir="auto">
              {line.person?.name ?? t("forecast.nobody")}
            </h2>
            {row.above ? <p className="text-12 text-text-2">{t("forecast.under", { name: row.above.name })}</p> : null}
            <dl>
              <Item name={t("forecast.closed")}>
                <Figure column="closed" forecast={forecast} line={line} />
              </Item>
              <Item name={t("forecast.commit")}>
                <JudgedFigure column="commit" forecast={forecast} line={line} onJudge={judge("commit")} />
              </Item>
              <Item name={t("forecast.best_case")}>
                <JudgedFigure column="best_case" forecast={forecast} line={line} onJudge={judge("best_case")} />
              </Item>
              <Item name={t("forecast.open_pipeline")}>
                <Figure column="open_pipeline" forecast={forecast} line={line} />
              </Item>
              <Item name={t("forecast.weighted")}>{formatMoney(line.total.weighted)}</Item>
              <Item name={t("forecast.quota")}>{line.quota ? `${formatMoney(line.quota)} · ${percentText(line.attainment)}` : "–"}</Item>
              <Item name={t("forecast.coverage")}>{timesText(line.coverage)}</Item>
              <Item name={t("forecast.without_close_date")}>
                <Figure column="without_close_date" forecast={forecast} line={line} />
              </Item>
              <Item name={t("forecast.past_close_date")}>
                <Figure column="past_close_date" forecast={forecast} line={line} />
              </Item>
            </dl>
          </li>
        );
      })}
    </ul>
  );
}

function Item({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-h-8 items-center justify-between gap-3">
      <dt className="text-text-2">{name}</dt>
      <dd className="num text-end">{children}</dd>
    </div>
  );
}
