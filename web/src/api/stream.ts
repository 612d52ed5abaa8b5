import { useEffect } from "react";
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { pathWithQuery } from "./client";
import type { StreamEvent } from "./types";

// A burst of changes (an import) becomes one refresh of what is on screen.
const GATHER_MS = 400;

/** Listens to the server and marks what changed as stale, so that the screen refetches only what it shows. */
export function useLiveUpdates(enabled: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!enabled || typeof EventSource === "undefined") return;
    const source = new EventSource(pathWithQuery("/stream"), { withCredentials: true });
    const waiting = new Map<string, StreamEvent>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      applyEvents(client, [...waiting.values()]);
      waiting.clear();
    };
    const receive = (message: MessageEvent<string>) => {
      const event = parseEvent(message.data);
      if (!event) return;
      waiting.set(`${event.object}/${event.id}`, event);
      timer ??= setTimeout(flush, GATHER_MS);
    };
    source.onmessage = receive;
    source.addEventListener("change", receive as EventListener);
    // The server could not keep up with this listener: whatever is on screen may be old.
    source.addEventListener("reset", () => void client.invalidateQueries());
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [client, enabled]);
}

export function parseEvent(data: string): StreamEvent | null {
  try {
    const event = JSON.parse(data) as Partial<StreamEvent>;
    return typeof event.object === "string" && typeof event.id === "string" ? (event as StreamEvent) : null;
  } catch {
    return null; // keep-alive comments and foreign events are not ours
  }
}

const listeners = new Set<(events: StreamEvent[]) => void>();

/** Hears of changes while the screen is open; answers how to stop. */
export function onChanges(listener: (events: StreamEvent[]) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function applyEvents(client: QueryClient, events: StreamEvent[]): void {
  listeners.forEach((listener) => listener(events));
  const objects = new Set(events.map((event) => event.object));
  const changed = new Set(events.map((event) => `${event.object}/${event.id}`));
  void client.invalidateQueries({
    predicate: ({ queryKey: [kind, object, id], state }) => {
      if (typeof object !== "string") return false;
      if (kind === "list" || kind === "aggregate") return objects.has(object);
      if (kind === "record") {
        if (!changed.has(`${object}/${String(id)}`)) return false;
        const event = events.find((e) => e.object === object && e.id === id);
        const known = (state.data as { version?: number } | undefined)?.version;
        return known === undefined || event === undefined || event.version !== known; // our own write came back: nothing new
      }
      if (kind === "timeline") return changed.has(`${object}/${String(id)}`) || events.some((e) => ["interaction", "task", "note", "meeting"].includes(e.object));
      if (kind === "history" || kind === "access") return changed.has(`${object}/${String(id)}`);
      return false;
    },
  });
  // A table mends its own rows; one that is not on screen is asked for again when it comes back.
  void client.invalidateQueries({ predicate: ({ queryKey: [kind, object] }) => kind === "rows" && objects.has(String(object)), refetchType: "none" });
  if (objects.has("object") || objects.has("definition")) void client.invalidateQueries({ queryKey: ["objects"] });
}
