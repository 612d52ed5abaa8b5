import type { ReactNode } from "react";
import { cx } from "~/lib/cx";

/** A state with an icon; a value without one is a tag. */
export function Badge({ tone, children }: { tone: "plain" | "dan" | "war" | "suc" | "inf" | "acc"; children: ReactNode }) {
  return <span className={cx("badge", tone !== "plain" && tone)}>{children}</span>;
}
