import { Check, EyeOff, Minus } from "lucide-react";
import { t } from "~/lib/i18n";
import type { SpotValue } from "./model";

const BARS: Record<string, number> = { none: 0, own: 1, team: 2, below: 2, all: 3 };

// A matrix has a thousand of these: they take the words without a subscription each, the page around them has one.

/** The words of a value, for screens and for who hears them. */
export function wordOf(value: SpotValue, child?: boolean): string {
  if (typeof value === "boolean") return t(value ? "rights.yes" : "rights.no");
  return t(`rights.reach.${value === "all" && child ? "parent" : value}`);
}

/** Three bars for the reach and the word beside them; a dash for none. */
export function Value({ value, child, withheld = 0 }: { value: SpotValue; child?: boolean; withheld?: number }) {
  if (value === "none" || value === false) return <Minus size={14} className="text-text-3" aria-hidden />;
  const hidden = withheld ? <EyeOff size={12} className="text-text-3" aria-label={t("rights.fieldsHidden", { count: withheld })} /> : null;
  if (value === true) return <Check size={16} className="text-accent-text" aria-hidden />;
  return (
    <>
      <span className="reach" aria-hidden>
        {[1, 2, 3].map((bar) => (
          <i key={bar} data-on={bar <= (BARS[value] ?? 0) || undefined} />
        ))}
      </span>
      <span className="truncate">{wordOf(value, child)}</span>
      {hidden}
    </>
  );
}
