import type { ReactNode } from "react";
import { formatNumber } from "~/lib/format";

/** One region of the day: heading, how many, what it means or how to narrow it. */
export function Block({ title, count, aside, children }: { title: string; count?: number; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="day-block" aria-label={title}>
      <header className="flex min-h-8 flex-wrap items-center gap-2 pb-1">
        <h2 className="text-14 font-semibold">{title}</h2>
        {count ? <span className="cnt">{formatNumber(count)}</span> : null}
        {aside ? <span className="ms-auto text-12 text-text-2">{aside}</span> : null}
      </header>
      {children}
    </section>
  );
}
