import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";
export type Language = "en" | "de";

export type NumberStyle = "language" | "comma" | "dot" | "space" | "apostrophe";

export interface Preferences {
  theme: Theme;
  density: Density;
  language: Language;
  rail: boolean;
  singleKeys: boolean;
  /** 0 is Sunday, 1 Monday, 6 Saturday. */
  weekStart: 0 | 1 | 6;
  /** How numbers are written, whatever the language. */
  numbers: NumberStyle;
}

// The same key is read by public/theme.js before the first paint.
const KEY = "rapport.preferences";

function fromBrowser(): Language {
  return typeof navigator !== "undefined" && navigator.language?.toLowerCase().startsWith("de") ? "de" : "en";
}

function read(): Preferences {
  const defaults: Preferences = { theme: "system", density: "comfortable", language: fromBrowser(), rail: false, singleKeys: true, weekStart: 1, numbers: "language" };
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return kept && typeof kept === "object" ? { ...defaults, ...kept } : defaults;
  } catch {
    return defaults; // storage blocked or damaged: the defaults work as well
  }
}

let current = read();
const listeners = new Set<() => void>();

export function preferences(): Preferences {
  return current;
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // A private window may refuse storage; the choice then lasts until the page is closed.
  }
  apply();
  listeners.forEach((listener) => listener());
}

/** The day that a week begins with, 0 for Sunday. */
export const firstWeekday = (): number => current.weekStart;

function apply(): void {
  const root = document.documentElement;
  if (current.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = current.theme;
  if (current.density === "compact") root.dataset.density = "compact";
  else delete root.dataset.density;
  root.lang = current.language;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    preferences,
  );
}
