import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { firstPageQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { formatMoment } from "~/lib/format";
import { modelWord } from "~/lib/i18n";
import { titleOf, useObjects } from "~/metadata/registry";
import { kindIcon } from "~/records/timeline/kinds";
import { Block } from "./Block";
import { casesQuestion, heardQuestion, movedQuestion } from "./questions";

interface Change {
  key: string;
  object: string;
  id: string;
  at: string;
  icon: ReturnType<typeof kindIcon>;
  who: string;
  text: string;
}

const SHOWN = 10;

/** What customers and colleagues did with my records since yesterday. */
export function Changed({ day, mayRead }: { day: Date; mayRead: (object: string) => boolean }) {
  const { t } = useTranslation();
  const objects = useObjects();
  const title = (name: string, record: unknown) => titleOf(objects.find((object) => object.name === name), record as RecordData | null);
  const [heard, moved, cases] = useQueries({
    queries: [
      { ...firstPageQuery("interaction", heardQuestion(day)), enabled: mayRead("interaction") },
      { ...firstPageQuery("opportunity", movedQuestion(day)), enabled: mayRead("opportunity") },
      { ...firstPageQuery("case", casesQuestion(day)), enabled: mayRead("case") },
    ],
  });
  const changes: Change[] = [
    ...(heard?.data?.items ?? []).map((one): Change => ({ key: `i${one.id}`, object: "interaction", id: one.id, at: String(one.at), icon: kindIcon("interaction", String(one.kind)), who: title("contact", one.contact_record) || title("account", one.account_record), text: String(one.subject || t(`kind.${String(one.kind)}`, { defaultValue: "" })) })),
    ...(moved?.data?.items ?? []).map((one): Change => ({ key: `o${one.id}`, object: "opportunity", id: one.id, at: String(one.updated_at), icon: kindIcon("state_change", "change"), who: String(one.name ?? ""), text: t("myday.changedDeal", { stage: title("stage", one.stage_record) }) })),
    ...(cases?.data?.items ?? []).map((one): Change => ({ key: `c${one.id}`, object: "case", id: one.id, at: String(one.created_at), icon: kindIcon("case", "case"), who: title("account", one.account_record), text: t("myday.newCase", { what: String(one.subject ?? modelWord("Case")) }) })),
  ].sort((a, b) => b.at.localeCompare(a.at));
  const settled = [heard, moved, cases].every((query) => !query?.isLoading);
  return (
    <Block title={t("myday.changed")} aside={t("myday.sinceYesterday")}>
      {settled && changes.length === 0 ? <p className="py-3 text-text-3">{t("myday.nothingChanged")}</p> : null}
      <ul>
        {changes.slice(0, SHOWN).map((change) => (
          <li key={change.key}>
            <Link to="/$object/$id" params={{ object: change.object, id: change.id }} className="day-row top hover:bg-hover">
              <change.icon size={16} className="mt-0.5 text-text-3" aria-hidden />
              <span className="line-clamp-2 min-w-0 flex-1 text-text-2" dir="auto">
                <span className="font-medium text-text">{change.who}</span> {change.text}
              </span>
              <time className="shrink-0 text-12 text-text-3" dateTime={change.at}>
                {formatMoment(change.at)}
              </time>
            </Link>
          </li>
        ))}
      </ul>
    </Block>
  );
}
