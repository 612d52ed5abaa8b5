import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ChevronDown, ChevronUp } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { recordQuery } from "~/api/records";
import { formatNumber } from "~/lib/format";
import { useKeys } from "~/lib/keyboard";
import { fetchAfter, noteStep, placeOf, takeStep } from "~/records/list/trail";
import { IconButton } from "~/ui/Button";

/** "3 of 120": through the list that the reader came from, without going back to it. */
export function Steps({ object, id, include }: { object: string; id: string; include: string[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const box = useRef<HTMLSpanElement>(null);
  const place = placeOf(object, id);
  const next = place?.after;
  useEffect(() => {
    const stepped = takeStep();
    if (stepped) box.current?.querySelector<HTMLElement>(`[data-step=${stepped}]`)?.focus();
  }, []);
  // The next one is there before it is asked for.
  useEffect(() => {
    if (next) void client.prefetchQuery(recordQuery(object, next, include));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the fields of an object do not change while it is open
  }, [object, next, client]);
  const go = async (way: "before" | "after", byButton: boolean) => {
    const to = way === "before" ? place?.before : (place?.after ?? (place?.further ? await fetchAfter(object, id) : null));
    if (!to) return;
    if (byButton) noteStep(way);
    void navigate({ to: "/$object/$id", params: { object, id: to }, replace: true });
  };
  useKeys({ j: () => void go("after", false), k: () => void go("before", false) }, place !== null);
  if (!place) return null;
  return (
    <span ref={box} className="ms-auto flex items-center gap-1" role="group" aria-label={t("peek.place", { index: formatNumber(place.index + 1), count: formatNumber(place.total) })}>
      <span className="px-1 text-12 whitespace-nowrap text-text-3 tabular-nums">{t("peek.place", { index: formatNumber(place.index + 1), count: `${formatNumber(place.total)}${place.atLeast ? "+" : ""}` })}</span>
      <IconButton data-step="before" label={t("peek.before")} hint="K" aria-disabled={!place.before} onClick={() => void go("before", true)}>
        <ChevronUp size={16} />
      </IconButton>
      <IconButton data-step="after" label={t("peek.after")} hint="J" aria-disabled={!place.after && !place.further} onClick={() => void go("after", true)}>
        <ChevronDown size={16} />
      </IconButton>
    </span>
  );
}
