import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Ban, Check } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "~/api/client";
import { Note } from "~/ui/Note";

interface Decision {
  decision: "granted" | "refused";
  reason_code: string;
  reason: string;
  consent: string | null;
}

interface Answer {
  call: Decision;
  write: Decision;
  marketing: Record<"email" | "phone" | "sms" | "post", Decision>;
}

const PEOPLE = ["contact", "lead", "account"];
/** Refusals that stand above everything: whoever opens the record must not miss them. */
const LOUD = ["restricted", "deceased", "suppressed", "objected", "dispute"];
const MORE = ["phone", "sms", "post"] as const;

export const asksPermission = (object: string): boolean => PEOPLE.includes(object);

// A new consent or restriction is another record: the answer is asked for anew with each visit.
const permissionsQuery = (object: string, id: string) => ({ queryKey: ["permissions", object, id], queryFn: ({ signal }: { signal: AbortSignal }) => get<Answer>(`/records/${object}/${id}/permissions`, undefined, signal), staleTime: 30_000 });

/** Above the record, and only when somebody must not be called or written to. */
export function PermissionNote({ object, id }: { object: string; id: string }) {
  const { t } = useTranslation();
  const answer = useQuery(permissionsQuery(object, id)).data;
  if (!answer) return null;
  const refused = (["call", "write"] as const).filter((use) => answer[use].decision === "refused" && LOUD.includes(answer[use].reason_code));
  const [first] = refused;
  if (!first) return null;
  return (
    <div className="px-5 pt-3 max-[640px]:px-4">
      <Note tone="war">
        <strong className="font-semibold">{t(refused.length === 2 ? "permit.neither" : `permit.not.${first}`)}</strong> {t(`permit.reason.${answer[first].reason_code}`, { defaultValue: answer[first].reason })}
      </Note>
    </div>
  );
}

/** May I call, may I write, may I advertise, and why. */
export function Permissions({ object, id }: { object: string; id: string }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const found = useQuery(permissionsQuery(object, id));
  if (found.isError) return <p className="sec text-text-3">{t("permit.failed")}</p>;
  const answer = found.data;
  return (
    <section className="sec" aria-label={t("permit.title")} aria-busy={!answer}>
      <h2 className="sech">{t("permit.title")}</h2>
      <ul className="flex min-h-21 flex-col">
        {answer ? (
          <>
            <Line label={t("permit.call")} decision={answer.call} />
            <Line label={t("permit.write")} decision={answer.write} />
            <Line label={t("permit.marketing.email")} decision={answer.marketing.email} />
            {all ? MORE.map((channel) => <Line key={channel} label={t(`permit.marketing.${channel}`)} decision={answer.marketing[channel]} />) : null}
          </>
        ) : null}
      </ul>
      <button type="button" className="link min-h-6" aria-expanded={all} onClick={() => setAll(!all)}>
        {t(all ? "permit.fewer" : "permit.more")}
      </button>
    </section>
  );
}

function Line({ label, decision }: { label: string; decision: Decision }) {
  const { t } = useTranslation();
  const yes = decision.decision === "granted";
  const reason = t(`permit.reason.${decision.reason_code}`, { defaultValue: decision.reason });
  return (
    <li className="flex min-h-7 items-start gap-2 py-1">
      {yes ? <Check size={16} className="mt-0.5 shrink-0 text-success" aria-hidden /> : <Ban size={16} className="mt-0.5 shrink-0 text-danger" aria-hidden />}
      <span className="min-w-0" title={decision.reason}>
        <span className="font-medium">{label}:</span> {t(yes ? "permit.yes" : "permit.no")}
        <span className="text-text-2">
          . {reason}{" "}
          {decision.consent ? (
            <Link to="/$object/$id" params={{ object: "consent", id: decision.consent }} className="link">
              {t("permit.consent")}
            </Link>
          ) : null}
        </span>
      </span>
    </li>
  );
}
