import { cx } from "~/lib/cx";
import { hashOf, initials } from "~/lib/ids";

/** Round for people, square for organisations; the colour is a hash of the id, so it never changes. */
export function Avatar({ id, name, square, size = "s" }: { id: string; name: string; square?: boolean; size?: "s" | "m" | "l" | "xl" }) {
  const colour = (hashOf(id) % 8) + 1;
  return (
    <span className={cx("av", square && "sq", size !== "s" && size)} style={{ background: `var(--c-av-${colour})`, color: `var(--c-av-${colour}-fg)` }} aria-hidden>
      {initials(name)}
    </span>
  );
}
