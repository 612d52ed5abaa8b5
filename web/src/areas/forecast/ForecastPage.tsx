import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight, TrendingUp } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { firstPageQuery } from "~/api/records";
import { sessionQuery } from "~/api/session";
import { formatDate, formatMonth, formatRange, parseDate } from "~/lib/format";
import { usePhone } from "~/lib/media";
import { useCan, useCapability } from "~/metadata/registry";
import { Button, IconButton } from "~/ui/Button";
import { Choose, TextInput } from "~/ui/Input";
import { EmptyState, ErrorState, useSlow } from "~/ui/States";
import { Beside } from "./Beside";
import "./forecast.css";
import { ForecastCards } from "./ForecastCards";
import { ForecastTable, type Judging } from "./ForecastTable";
import { forecastQuery, nextDay, placed, type Forecast, type Placed } from "./model";
import { MovementList } from "./MovementList";
import { OverrideDialog } from "./OverrideDialog";
import { KINDS, type ForecastSearch } from "./search";

const NONE: ReadonlySet<string> = new Set();

/** What a period will bring, by the tree of managers. */
export function ForecastPage() {
  const { t } = useTranslation();
  const search = useSearch({ strict: false }) as ForecastSearch;
  const asked = useQuery({ ...forecastQuery(search), placeholderData: keepPreviousData });
  const slow = useSlow(asked.isPending);
  return (
    <>
      <header className="top">
        <h1>{t("forecast.title")}</h1>
      </header>
      {asked.isError ? <ErrorState error={asApiError(asked.error)} title={t("forecast.failed")} retry={() => void asked.refetch()} /> : null}
      {slow ? (
        <div className="flex flex-col gap-4 p-5" aria-busy>
          {[60, 80, 70, 75].map((width) => (
            <span key={width} className="skel" style={{ width: `${width}%` }} />
          ))}
        </div>
      ) : null}
      {asked.data && !asked.isError ? <Shown forecast={asked.data} search={search} /> : null}
    </>
  );
}

function Shown({ forecast, search }: { forecast: Forecast; search: ForecastSearch }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const me = useQuery(sessionQuery).data?.user.id;
  const can = useCan("forecast_override");
  const everybody = useCapability("mass_change");
  const [folded, setFolded] = useState(NONE);
  const [judging, setJudging] = useState<Judging | null>(null);
  const rows = useMemo(() => placed(forecast.items, phone ? NONE : folded), [forecast, folded, phone]);
  // An override counts for the whole forecast of now.
  const whole = !forecast.as_of && !search.team;
  const mayJudge = (row: Placed) => whole && can.create && row.line.person !== null && row.above !== null && (row.above.id === me || everybody);
  const fold = (key: string) => setFolded((old) => new Set(old.has(key) ? [...old].filter((one) => one !== key) : [...old, key]));
  const Tree = phone ? ForecastCards : ForecastTable;
  return (
    <>
      <Bar forecast={forecast} search={search} />
      <div className="scroll min-h-0 flex-1 overflow-y-auto">
        {rows.length ? <Tree forecast={forecast} rows={rows} folded={folded} onFold={fold} mayJudge={mayJudge} onJudge={setJudging} /> : <EmptyState icon={<TrendingUp size={20} />} title={t("forecast.none")} text={t("forecast.noneText")} />}
        <Beside forecast={forecast} />
        {forecast.as_of ? null : <MovementList forecast={forecast} search={search} />}
        <p className="px-5 py-3 text-12 text-text-2 max-[640px]:px-4">
          {t("forecast.stands", { currency: forecast.currency, zone: forecast.time_zone, month: monthName(forecast.fiscal_start) })}
        </p>
      </div>
      {judging ? <OverrideDialog forecast={forecast} judging={judging} onClose={() => setJudging(null)} /> : null}
    </>
  );
}

function Bar({ forecast, search }: { forecast: Forecast; search: ForecastSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const teams = useQuery(firstPageQuery("team", { sort: "name", limit: 200 })).data?.items ?? [];
  const go = (next: Partial<ForecastSearch>) => {
    const all = { ...search, ...next };
    void navigate({ to: "/sales/forecast", search: Object.fromEntries(Object.entries(all).filter(([, value]) => value)) as ForecastSearch, replace: true });
  };
  const { start, end, kind } = forecast.period;
  return (
    <div className="bar flex-wrap">
      <div className="seg" role="group" aria-label={t("forecast.by")}>
        {KINDS.map((one) => (
          <button key={one} type="button" aria-pressed={kind === one} onClick={() => go({ by: one === "quarter" ? undefined : one })}>
            {t(`forecast.kind.${one}`)}
          </button>
        ))}
      </div>
      <span className="flex items-center gap-1">
        <IconButton label={t("forecast.before")} onClick={() => go({ period: nextDay(start, -1) })}>
          <ChevronLeft size={16} className="rtl:rotate-180" />
        </IconButton>
        <strong className="min-w-40 text-center font-medium" aria-live="polite">
          {kind === "month" ? formatMonth(parseDate(start)) : formatRange(parseDate(start), parseDate(end))}
        </strong>
        <IconButton label={t("forecast.after")} onClick={() => go({ period: nextDay(end, 1) })}>
          <ChevronRight size={16} className="rtl:rotate-180" />
        </IconButton>
      </span>
      {search.period ? (
        <Button small look="quiet" onClick={() => go({ period: undefined })}>
          {t("forecast.now")}
        </Button>
      ) : null}
      <Choose
        className="max-w-52"
        aria-label={t("forecast.team")}
        value={search.team ?? ""}
        onValue={(team) => go({ team: team || undefined })}
        options={[{ value: "", label: t("forecast.allTeams") }, ...teams.map((team) => ({ value: team.id, label: String(team.name ?? "") }))]}
      />
      <label className="flex items-center gap-2 whitespace-nowrap text-text-2">
        {t("forecast.asOf")}
        <TextInput type="date" className="max-w-40" value={search.as_of ?? ""} max={forecast.as_of ? undefined : forecast.today} onValue={(day) => go({ as_of: day || undefined })} />
      </label>
      {forecast.as_of ? <span className="text-12 text-text-2">{t("forecast.asOfText", { day: formatDate(forecast.as_of) })}</span> : null}
    </div>
  );
}

/** The name of a month, 1 to 12. */
function monthName(month: number): string {
  return formatMonth(new Date(2023, month - 1, 1)).replace(/\s*2023\s*/, "");
}
