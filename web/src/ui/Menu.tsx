import type { ReactNode } from "react";
import { useOverlays } from "./late";

export interface MenuEntry {
  id: string;
  label: string;
  icon?: ReactNode;
  hint?: string;
  danger?: boolean;
  disabled?: boolean;
  onAction: () => void;
}
export interface MenuGroup {
  title?: string;
  items: MenuEntry[];
}
export interface MenuButtonProps {
  label: string;
  buttonClass: string;
  children: ReactNode;
  groups: MenuGroup[];
  showLabel?: boolean;
  placement?: "bottom end" | "bottom start" | "top start";
}

/** A button that opens a menu. `groups` are split by lines. */
export function MenuButton(props: MenuButtonProps) {
  const { loaded, opened, focused, plain } = useOverlays();
  if (loaded) return <loaded.LoadedMenu {...props} opened={opened} focused={focused} />;
  return (
    <button type="button" className={props.buttonClass} aria-label={props.showLabel ? undefined : props.label} aria-haspopup="menu" aria-expanded={false} {...plain}>
      {props.children}
    </button>
  );
}
