import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { providerAddress, providersQuery } from "~/api/session";

/** What the server says in the address when a sign-in by a provider did not work. */
export type Outcome = "refused" | "stale" | "cancelled" | "unavailable" | "too_many";
const OUTCOMES: readonly string[] = ["refused", "stale", "cancelled", "unavailable", "too_many"] satisfies Outcome[];

/** The outcome in an address, and the address without it. */
export function outcomeOf(address: string): { outcome: Outcome | null; rest: string } {
  const url = new URL(address, "http://here");
  const said = url.searchParams.get("sign_in");
  url.searchParams.delete("sign_in");
  return { outcome: said && OUTCOMES.includes(said) ? (said as Outcome) : null, rest: `${url.pathname}${url.search}${url.hash}` };
}

/** A link for each provider of single sign-on; nothing where there is none. */
export function Providers() {
  const { t } = useTranslation();
  const { data = [] } = useQuery(providersQuery);
  if (!data.length) return null;
  const next = outcomeOf(window.location.href).rest;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center gap-3 text-12 text-text-3">
        <span className="h-px flex-1 bg-line" />
        {t("auth.or")}
        <span className="h-px flex-1 bg-line" />
      </div>
      {data.map(({ id, label }) => (
        <a key={id} className="btn !h-10" href={providerAddress(id, next)}>
          <KeyRound size={16} aria-hidden />
          {t("auth.signInWith", { provider: label })}
        </a>
      ))}
    </div>
  );
}
