import { useSyncExternalStore } from "react";

/** Somebody waits for a proof of who sits here; true once it is given, false where it is declined. */
let waiting: { answer: (given: boolean) => void } | null = null;
let asked: Promise<boolean> | null = null;
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());

/** Asks in a dialog over whatever is open; those who ask meanwhile wait for the same answer. */
export function askForProof(): Promise<boolean> {
  asked ??= new Promise<boolean>((resolve) => {
    waiting = {
      answer: (given) => {
        waiting = null;
        asked = null;
        tell();
        resolve(given);
      },
    };
    tell();
  });
  return asked;
}

export function useProofAsked(): { answer: (given: boolean) => void } | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting,
  );
}
