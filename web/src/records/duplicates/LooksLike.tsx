import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { looksLikeQuery, MATCHED } from "~/api/duplicates";
import { isEmpty } from "~/fields";
import { Note } from "~/ui/Note";

const PAUSE_MS = 500;
/** Fields that tell who it is; the rest is not worth a question. */
const TELLING = ["first_name", "last_name", "name", "company", "email", "phone", "mobile", "website", "tax_id", "birth_date", "street", "postal_code", "city"];

/** A word of warning before something is saved that may be here already. It never stands in the way. */
export default function LooksLike({ object, values }: { object: string; values: Record<string, unknown> }) {
  const { t } = useTranslation();
  const typed = JSON.stringify(Object.fromEntries(TELLING.filter((name) => typeof values[name] === "string" && !isEmpty(values[name])).map((name) => [name, values[name]])));
  const [asked, setAsked] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const question = JSON.parse(asked) as Record<string, unknown>;
  const found = useQuery({ ...looksLikeQuery(object, question), enabled: MATCHED.includes(object) && Object.keys(question).length > 0, placeholderData: (before) => before }).data?.items ?? [];
  if (asked === "{}" || found.length === 0) return null;
  return (
    <Note tone="war">
      {t("duplicates.looksLike")}{" "}
      {found.slice(0, 3).map((item, at) => (
        <span key={item.id}>
          {at ? ", " : ""}
          <Link to="/$object/$id" params={{ object, id: item.id }} target="_blank" className="font-medium underline">
            {item.title ?? t("record.untitled")}
          </Link>
        </span>
      ))}
      {found.length > 3 ? ` ${t("duplicates.more", { count: found.length - 3 })}` : ""}
    </Note>
  );
}
