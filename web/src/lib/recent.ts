/** Records that somebody looked at last, newest first. Only ids are kept, so that nothing personal lies in the browser. */
export interface Seen {
  object: string;
  id: string;
}

const KEY = "rapport.recent";
const MOST = 12;

export function recent(): Seen[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is Seen => typeof one?.object === "string" && typeof one?.id === "string") : [];
  } catch {
    return []; // storage blocked or damaged: there is no list then
  }
}

export function rememberSeen(object: string, id: string): void {
  const others = recent().filter((one) => one.object !== object || one.id !== id);
  try {
    localStorage.setItem(KEY, JSON.stringify([{ object, id }, ...others].slice(0, MOST)));
  } catch {
    // A private window may refuse storage; then nothing is remembered.
  }
}

export function forgetSeen(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept either.
  }
}
