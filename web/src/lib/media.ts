import { useSyncExternalStore } from "react";

/** True while the media query matches; screens use it only where CSS cannot (a table that becomes cards). */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    () => window.matchMedia(query).matches,
  );
}

export const usePhone = (): boolean => useMedia("(max-width: 640px)");
