import { Lock } from "lucide-react";
import { useTranslation } from "react-i18next";

/** A denied field keeps its place and says so. */
export function HiddenValue({ masked }: { masked: boolean }) {
  const { t } = useTranslation();
  return (
    <span className="inline-flex items-center gap-1 text-text-3">
      <Lock size={14} aria-hidden />
      {t(masked ? "field.masked" : "field.hidden")}
    </span>
  );
}
