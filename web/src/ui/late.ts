import { useRef, useState, useSyncExternalStore, type RefObject } from "react";

// Menus and popovers cost a quarter of the first screen and nobody opens one in its first moment.
type Overlays = typeof import("./overlays");
let overlays: Overlays | null = null;
let loading: Promise<void> | null = null;
const listeners = new Set<() => void>();

export function loadOverlays(): Promise<void> {
  loading ??= import("./overlays").then((module) => {
    overlays = module;
    listeners.forEach((listener) => listener());
  });
  return loading;
}

/** The code of the overlays once it is there, and what a plain button must do until then. */
export function useOverlays(): { loaded: Overlays | null; opened: boolean; focused: boolean; plain: { ref: RefObject<HTMLButtonElement | null>; onClick: () => void; onPointerEnter: () => void; onFocus: () => void; onBlur: () => void } } {
  const ref = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState(false);
  const [focused, setFocused] = useState(false);
  const loaded = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => overlays,
  );
  const start = () => void loadOverlays();
  return {
    loaded,
    opened,
    focused,
    plain: {
      ref,
      onClick: () => {
        setOpened(true);
        start();
      },
      onPointerEnter: start,
      onFocus: () => {
        setFocused(true);
        start();
      },
      onBlur: () => setFocused(false),
    },
  };
}
