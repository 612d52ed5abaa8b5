import { Calendar, CircleDashed } from "lucide-react";
import { useTranslation } from "react-i18next";

export function NextStep({ text }: { text: string }) {
  const { t } = useTranslation();
  return text ? (
    <span className="inline-flex min-w-0 items-center gap-1 text-text-2" title={text}>
      <Calendar size={14} aria-hidden />
      <span className="truncate" dir="auto">
        {text}
      </span>
    </span>
  ) : (
    <span className="inline-flex items-center gap-1 text-warning">
      <CircleDashed size={14} aria-hidden />
      {t("board.noStep")}
    </span>
  );
}
