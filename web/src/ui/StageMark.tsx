/** A ring filled by probability; won is a check disc, lost a cross disc: shape first, colour second. */
export function StageMark({ kind, probability, size = 14 }: { kind: "open" | "won" | "lost"; probability: number; size?: number }) {
  const share = Math.min(100, Math.max(0, probability)) / 100;
  if (kind !== "open") {
    return (
      <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden>
        <circle cx="8" cy="8" r="8" fill={kind === "won" ? "var(--c-success-solid)" : "var(--c-text-3)"} />
        <path d={kind === "won" ? "M4.5 8.3 7 10.8l4.6-5.2" : "M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4"} fill="none" stroke="#fff" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
    );
  }
  const angle = share * 2 * Math.PI;
  const x = 8 + 4.6 * Math.sin(angle);
  const y = 8 - 4.6 * Math.cos(angle);
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden>
      <circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" strokeWidth="1.75" />
      {share >= 0.995 ? <circle cx="8" cy="8" r="4.6" fill="currentColor" /> : share > 0 ? <path d={`M8 8V3.4A4.6 4.6 0 ${share > 0.5 ? 1 : 0} 1 ${x.toFixed(2)} ${y.toFixed(2)}Z`} fill="currentColor" /> : null}
    </svg>
  );
}
