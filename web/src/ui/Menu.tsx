import type { ReactNode } from "react";
import { Button as AriaButton, Header, Menu as AriaMenu, MenuItem as AriaMenuItem, MenuSection, MenuTrigger, Popover, Separator } from "react-aria-components";
import { cx } from "~/lib/cx";

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

/** A button that opens a menu. `groups` are split by lines. */
export function MenuButton({ label, buttonClass, children, groups, showLabel, placement = "bottom end" }: { label: string; buttonClass: string; children: ReactNode; groups: MenuGroup[]; showLabel?: boolean; placement?: "bottom end" | "bottom start" | "top start" }) {
  const shown = groups.filter((group) => group.items.length > 0);
  const all = shown.flatMap((group) => group.items);
  return (
    <MenuTrigger>
      <AriaButton className={buttonClass} aria-label={showLabel ? undefined : label}>
        {children}
      </AriaButton>
      <Popover className="popover menu-pop" placement={placement} offset={4}>
        <AriaMenu className="menu" aria-label={label} onAction={(key) => all.find((item) => item.id === key)?.onAction()} disabledKeys={all.filter((i) => i.disabled).map((i) => i.id)}>
          {shown.flatMap((group, index) => [
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
