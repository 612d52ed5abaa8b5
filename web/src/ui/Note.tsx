import { CircleCheck, CircleX, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "~/lib/cx";

const ICONS = { dan: CircleX, war: TriangleAlert, inf: Info, suc: CircleCheck, plain: Info };

export function Note({ tone = "plain", children, className }: { tone?: keyof typeof ICONS; children: ReactNode; className?: string }) {
  const Icon = ICONS[tone];
  return (
    <div className={cx("note", tone !== "plain" && tone, className)} role={tone === "dan" ? "alert" : undefined}>
      <Icon size={16} aria-hidden />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
