import { ChevronDown, ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { formatMoney } from "~/lib/format";
import { Figure, JudgedFigure, percentText, timesText } from "./Figure";
import type { Forecast, Judged, Line, Placed } from "./model";

export interface Judging {
  line: Line;
  column: Judged;
  manager: string;
}
export interface TreeProps {
  forecast: Forecast;
  rows: Placed[];
  folded: ReadonlySet<string>;
  onFold: (key: string) => void;
  mayJudge: (row: Placed) => boolean;
  onJudge: (what: Judging) => void;
}
const HEADS = ["closed", "commit", "best_case", "open_pipeline", "weighted", "quota", "attainment", "coverage", "without_close_date", "past_close_date"] as const;

export function ForecastTable({ forecast, rows, folded, onFold, mayJudge, onJudge }: TreeProps) {
  const { t } = useTranslation();
  return (
    <div className="scroll min-h-0 flex-none overflow-x-auto">
      <table className="fc">
        <caption className="sr-only">{t("forecast.table")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("forecast.person")}</th>
            {HEADS.map((head) => (
              <th key={head} scope="col" title={t(`forecast.why.${head}`)}>
                {t(`forecast.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.key} row={row} forecast={forecast} folded={folded.has(row.key)} onFold={() => onFold(row.key)} onJudge={mayJudge(row) ? (column) => onJudge({ line: row.line, column, manager: row.above?.id ?? "" }) : undefined} />
          ))}
          <tr className="sum">
            <th scope="row">{t("forecast.total")}</th>
            <td>
              <Figure column="closed" forecast={forecast} line={null} />
            </td>
            <td>{formatMoney(forecast.total.rolls_up.commit)}</td>
            <td>{formatMoney(forecast.total.rolls_up.best_case)}</td>
            <Rest forecast={forecast} line={null} />
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function Row({ row, forecast, folded, onFold, onJudge }: { row: Placed; forecast: Forecast; folded: boolean; onFold: () => void; onJudge?: (column: Judged) => void }) {
  const { t } = useTranslation();
  const { line } = row;
  const name = line.person?.name ?? t("forecast.nobody");
  const judge = (column: Judged) => (onJudge ? () => onJudge(column) : undefined);
  return (
    <tr>
      <th scope="row">
        <span className="flex items-center gap-1" style={{ paddingInlineStart: row.depth * 16 }}>
          {line.children.length ? (
            <button type="button" className="fc-fold" aria-expanded={!folded} aria-label={t("forecast.fold", { name })} onClick={onFold}>
              {folded ? <ChevronRight size={14} className="rtl:rotate-180" aria-hidden /> : <ChevronDown size={14} aria-hidden />}
            </button>
          ) : (
            <span className="fc-fold" aria-hidden />
          )}
          <span className="truncate" dir="auto">
            {name}
          </span>
        </span>
      </th>
      <td>
        <Figure column="closed" forecast={forecast} line={line} />
      </td>
      {(["commit", "best_case"] as const).map((column) => (
        <td key={column}>
          <JudgedFigure column={column} forecast={forecast} line={line} onJudge={judge(column)} />
        </td>
      ))}
      <Rest forecast={forecast} line={line} />
    </tr>
  );
}

function Rest({ forecast, line }: { forecast: Forecast; line: Line | null }) {
  const standing = line ?? forecast.total;
  return (
    <>
      <td>
        <Figure column="open_pipeline" forecast={forecast} line={line} />
      </td>
      <td>{formatMoney(standing.total.weighted)}</td>
      <td>{standing.quota ? formatMoney(standing.quota) : "–"}</td>
      <td>{percentText(standing.attainment)}</td>
      <td>{timesText(standing.coverage)}</td>
      <td>
        <Figure column="without_close_date" forecast={forecast} line={line} />
      </td>
      <td>
        <Figure column="past_close_date" forecast={forecast} line={line} />
      </td>
    </>
  );
}
