/** A key for Idempotency-Key headers. `randomUUID` exists only in secure contexts, getRandomValues everywhere. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** A small stable number from a text: the colour of an avatar. */
export function hashOf(text: string): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return hash >>> 0;
}

/** Up to two initials; scripts without spaces give their first character. */
export function initials(name: string): string {
  const words = name.normalize("NFC").replace(/[^\p{L}\p{N}\s]/gu, " ").trim().split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? "")][0] ?? "?";
  if (!/\p{Script=Latin}|\p{Script=Cyrillic}|\p{Script=Greek}/u.test(first)) return first;
  const second = words.length > 1 ? [...(words[words.length - 1] ?? "")][0] : [...(words[0] ?? "")][1];
  return (first + (second ?? "")).toLocaleUpperCase();
}
