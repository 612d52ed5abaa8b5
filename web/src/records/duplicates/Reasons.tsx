import { Minus, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Clue } from "~/api/duplicates";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, type ObjectDef } from "~/metadata/model";

const RARE = ", a rare value";
/** A field that says less than this says nothing. */
const LEAST_BITS = 0.5;

/** The engine's words for a level of agreement, in the reader's language. */
function useLevel(): (says: string) => string {
  const { t } = useTranslation();
  const words: Record<string, string> = {
    differs: t("duplicates.level.differs"),
    alike: t("duplicates.level.alike"),
    "very alike": t("duplicates.level.veryAlike"),
    close: t("duplicates.level.alike"),
    "very close": t("duplicates.level.veryAlike"),
    same: t("duplicates.level.same"),
    "same initial or short form": t("duplicates.level.short"),
    "stands in the other column": t("duplicates.level.exchanged"),
    "one letter off": t("duplicates.level.typing"),
    "some words shared": t("duplicates.level.someWords"),
    "half of the words shared": t("duplicates.level.someWords"),
    "most words shared": t("duplicates.level.mostWords"),
    "nearly all words shared": t("duplicates.level.mostWords"),
    "within a year": t("duplicates.level.withinYear"),
    "two parts of three the same": t("duplicates.level.twoParts"),
    "one digit off, or day and month swapped": t("duplicates.level.digit"),
    "one digit off": t("duplicates.level.digit"),
    "two digits off": t("duplicates.level.twoDigits"),
    "same beginning": t("duplicates.level.beginning"),
    "same mailbox provider and alike": t("duplicates.level.alike"),
    "same name before the @": t("duplicates.level.mailbox"),
  };
  return (says) => {
    const rare = says.endsWith(RARE);
    const plain = rare ? says.slice(0, -RARE.length) : says;
    const word = words[plain] ?? plain;
    return rare ? t("duplicates.rare", { what: word }) : word;
  };
}

/** Why two records are held to be the same: what speaks for it, then what speaks against it. */
export function Reasons({ object, evidence }: { object: ObjectDef; evidence: Clue[] }) {
  const { t } = useTranslation();
  const level = useLevel();
  const told = evidence.filter((clue) => Math.abs(clue.weight) >= LEAST_BITS).sort((a, b) => b.weight - a.weight);
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-12" aria-label={t("duplicates.reasons")}>
      {told.map((clue) => (
        <li key={clue.field} className={`inline-flex items-center gap-1 ${clue.weight > 0 ? "text-success" : "text-text-3"}`}>
          {clue.weight > 0 ? <Plus size={12} aria-label={t("duplicates.for")} /> : <Minus size={12} aria-label={t("duplicates.against")} />}
          <span>
            {modelLabel(fieldOf(object, clue.field)?.label ?? clue.field)}: {level(clue.says)}
          </span>
        </li>
      ))}
    </ul>
  );
}
