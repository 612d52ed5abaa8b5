import type { ReactNode } from "react";
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from "react-aria-components";

/** A button that opens a small panel beside it. `children` gets a function that closes it. */
export function PopoverButton({ label, buttonClass, button, children, placement = "bottom start", isOpen, onOpenChange }: { label: string; buttonClass: string; button: ReactNode; children: (close: () => void) => ReactNode; placement?: "bottom start" | "bottom end"; isOpen?: boolean; onOpenChange?: (open: boolean) => void }) {
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      <AriaButton className={buttonClass}>{button}</AriaButton>
      <Popover className="popover" placement={placement} offset={4}>
        <Dialog className="outline-none" aria-label={label}>
          {({ close }) => children(close)}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
