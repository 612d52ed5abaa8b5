import type { ReactNode } from "react";
import { useOverlays } from "./late";

export interface PopoverButtonProps {
  label: string;
  buttonClass: string;
  button: ReactNode;
  children: (close: () => void) => ReactNode;
  placement?: "bottom start" | "bottom end";
  isOpen?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** A button that opens a small panel beside it. `children` gets a function that closes it. */
export function PopoverButton(props: PopoverButtonProps) {
  const { loaded, opened, focused, plain } = useOverlays();
  if (loaded) return <loaded.LoadedPopover {...props} opened={opened} focused={focused} />;
  const press = () => {
    plain.onClick();
    props.onOpenChange?.(true);
  };
  return (
    <button type="button" className={props.buttonClass} aria-haspopup="dialog" aria-expanded={false} {...plain} onClick={press}>
      {props.button}
    </button>
  );
}
