import { useEffect, useRef, type ReactNode, type Ref } from "react";
import { Button as AriaButton, Dialog, DialogTrigger, Header, Menu as AriaMenu, MenuItem as AriaMenuItem, MenuSection, MenuTrigger, Popover, Separator } from "react-aria-components";
import { cx } from "~/lib/cx";
import type { MenuButtonProps } from "./Menu";
import type { PopoverButtonProps } from "./PopoverButton";

/** The parts that need the positioning and focus machinery of the kit; loaded after the first paint. */
interface Start {
  /** The button was pressed before this code had arrived. */
  opened: boolean;
  /** It had the focus, which must not get lost when it is replaced. */
  focused: boolean;
}

function useKeptFocus(focused: boolean): Ref<HTMLButtonElement> {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (focused) button.current?.focus();
  }, [focused]);
  return button;
}

export function LoadedMenu({ label, buttonClass, children, groups, showLabel, placement = "bottom end", opened, focused }: MenuButtonProps & Start) {
  const button = useKeptFocus(focused && !opened);
  const shown = groups.filter((group) => group.items.length > 0);
  const all = shown.flatMap((group) => group.items);
  return (
    <MenuTrigger defaultOpen={opened}>
      <AriaButton ref={button} className={buttonClass} aria-label={showLabel ? undefined : label}>
        {children}
      </AriaButton>
      <Popover className="popover menu-pop" placement={placement} offset={4}>
        <AriaMenu className="menu" aria-label={label} onAction={(key) => all.find((item) => item.id === key)?.onAction()} disabledKeys={all.filter((i) => i.disabled).map((i) => i.id)}>
          {shown.flatMap((group, index): ReactNode[] => [
            ...(index > 0 ? [<Separator key={`s${index}`} className="msep" />] : []),
            <MenuSection key={`g${index}`} aria-label={group.title ?? label}>
              {group.title ? <Header className="mhead">{group.title}</Header> : null}
              {group.items.map((item) => (
                <AriaMenuItem key={item.id} id={item.id} textValue={item.label} className={cx("mi", item.danger && "dan")}>
                  {item.icon}
                  <span className="min-w-0 truncate">{item.label}</span>
                  {item.hint ? <kbd className="kbd">{item.hint}</kbd> : null}
                </AriaMenuItem>
              ))}
            </MenuSection>,
          ])}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

export function LoadedPopover({ label, buttonClass, button, children, placement = "bottom start", isOpen, onOpenChange, opened, focused }: PopoverButtonProps & Start) {
  const ref = useKeptFocus(focused && !opened);
  return (
    <DialogTrigger isOpen={isOpen} defaultOpen={opened} onOpenChange={onOpenChange}>
      <AriaButton ref={ref} className={buttonClass}>
        {button}
      </AriaButton>
      <Popover className="popover" placement={placement} offset={4}>
        <Dialog className="outline-none" aria-label={label}>
          {({ close }) => children(close)}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
