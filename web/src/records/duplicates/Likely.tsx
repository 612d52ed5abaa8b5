import { useTranslation } from "react-i18next";
import { Badge } from "~/ui/Badge";

/** How sure it is, in words; the figure beside them. */
export function Likely({ probability }: { probability: number | null }) {
  const { t } = useTranslation();
  if (probability === null) return null;
  const percent = Math.min(99, Math.round(probability * 100));
  const word = probability >= 0.99 ? t("duplicates.nearlyCertain") : probability >= 0.8 ? t("duplicates.likely") : t("duplicates.possible");
  return <Badge tone={probability >= 0.8 ? "war" : "plain"}>{`${word} · ${probability >= 0.99 ? "> 99" : percent} %`}</Badge>;
}
