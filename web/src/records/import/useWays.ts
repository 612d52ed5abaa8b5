import { useState } from "react";
import type { ImportColumn } from "~/api/imports";
import { firstWays, type Way } from "./mapping";

interface Kept {
  ways: Way[];
  key: string;
}

const nameOf = (id: string): string => `rapport.import.${id}`;

/** What was chosen about a file, kept for this tab, so that a reload in the middle loses nothing. */
export function useWays(id: string, columns: ImportColumn[]): Kept & { change: (change: Partial<Kept>) => void } {
  const [kept, setKept] = useState<Kept>(() => read(id) ?? { ways: firstWays(columns), key: "" });
  return {
    ...kept,
    change: (change) => {
      const next = { ...kept, ...change };
      setKept(next);
      try {
        sessionStorage.setItem(nameOf(id), JSON.stringify(next));
      } catch {
        // Storage may be refused; then a reload starts from what the server recognised.
      }
    },
  };
}

function read(id: string): Kept | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(nameOf(id)) ?? "null") as Kept | null;
    return kept && Array.isArray(kept.ways) ? kept : null;
  } catch {
    return null;
  }
}
