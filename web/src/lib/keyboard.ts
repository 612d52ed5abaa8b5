import { useEffect, useEffectEvent } from "react";
import { preferences } from "./preferences";

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest("[role=menu],[role=listbox],[role=dialog]") !== null;
}

/** Single-letter keys, switched off while typing, in menus and dialogs, and by preference (WCAG 2.1.4). */
export function useKeys(keys: Record<string, (event: KeyboardEvent) => void>, enabled = true): void {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key.length === 1 && !preferences().singleKeys) return;
    keys[event.key]?.(event);
  });
  useEffect(() => {
    if (!enabled) return;
    document.addEventListener("keydown", handle);
    return () => document.removeEventListener("keydown", handle);
  }, [enabled]);
}

/** Control or Command with a letter, also while typing. */
export function useChord(letter: string, action: () => void): void {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === letter) {
      event.preventDefault();
      action();
    }
  });
  useEffect(() => {
    document.addEventListener("keydown", handle);
    return () => document.removeEventListener("keydown", handle);
  }, []);
}
