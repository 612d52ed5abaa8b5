import { createContext, use } from "react";

/** What any screen may open over itself. The shell provides it. */
export interface ShellActions {
  openPalette: () => void;
  openShortcuts: () => void;
  create: (object: string, values?: Record<string, unknown>) => void;
}

export const ShellContext = createContext<ShellActions>({ openPalette: () => undefined, openShortcuts: () => undefined, create: () => undefined });

export const useShell = (): ShellActions => use(ShellContext);
