import { Box, Building2, Calendar, CircleCheck, LifeBuoy, Megaphone, MessagesSquare, Package, ShoppingCart, Sprout, Target, Users, type LucideIcon, type LucideProps } from "lucide-react";
import { createElement, useSyncExternalStore, type ComponentType } from "react";

// Icons that definitions may name. Importing the whole set would add a megabyte, so a name that is not here shows a box.
// Those of the usual places come at once, the others when one of them is needed first.
const NAMED: Record<string, LucideIcon> = {
  target: Target, users: Users, "building-2": Building2, sprout: Sprout, package: Package, box: Box,
  megaphone: Megaphone, "life-buoy": LifeBuoy, "circle-check": CircleCheck, calendar: Calendar,
  "messages-square": MessagesSquare, "shopping-cart": ShoppingCart,
};

let more: Record<string, LucideIcon> | null = null;
let loading: Promise<void> | null = null;
const listeners = new Set<() => void>();
const known = new Map<string, ComponentType<LucideProps>>();

function listen(listener: () => void): () => void {
  listeners.add(listener);
  loading ??= import("./moreIcons").then((module) => {
    more = module.MORE;
    listeners.forEach((one) => one());
  }, () => undefined); // offline: the box stays
  return () => listeners.delete(listener);
}

export function iconNamed(name: string | undefined): ComponentType<LucideProps> {
  const wanted = name ?? "";
  const own = NAMED[wanted] ?? known.get(wanted);
  if (own) return own;
  const Late = (props: LucideProps) => createElement(useSyncExternalStore(listen, () => more)?.[wanted] ?? Box, props);
  known.set(wanted, Late);
  return Late;
}
