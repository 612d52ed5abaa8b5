import { useTranslation } from "react-i18next";

/** Three bars and a word: how sure the suggestion is. */
export function Confidence({ value }: { value: number | string | null | undefined }) {
  const { t } = useTranslation();
  const level = typeof value === "number" ? (value >= 0.9 ? 3 : value >= 0.6 ? 2 : 1) : value === "sure" || value === "chosen" || value === "exact" ? 3 : value === "likely" || value === "known" ? 2 : 1;
  const word = value === "chosen" ? "chosen" : (["", "guess", "likely", "sure"][level] ?? "guess");
  return (
    <span className="inline-flex items-center gap-1.5 font-medium">
      <svg width="16" height="12" viewBox="0 0 16 12" aria-hidden>
        {[0, 1, 2].map((bar) => (
          <rect key={bar} x={bar * 6} y={8 - bar * 4} width="4" height={4 + bar * 4} rx="1" fill={bar < level ? (level === 3 ? "var(--c-success-solid)" : level === 2 ? "var(--c-text-2)" : "var(--c-danger-solid)") : "var(--c-line-strong)"} />
        ))}
      </svg>
      {t(`import.confidence.${word}`)}
    </span>
  );
}
