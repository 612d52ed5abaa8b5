import { LoaderCircle } from "lucide-react";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { cx } from "~/lib/cx";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "default" | "primary" | "quiet" | "danger" | "danger-fill";
  small?: boolean;
  /** Keeps its width and shows a spinner for its icon. */
  busy?: boolean;
  icon?: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

const LOOKS = { default: "", primary: "pri", quiet: "gho", danger: "dan", "danger-fill": "dan fill" };

export function Button({ look = "default", small, busy, icon, className, children, type = "button", disabled, ...rest }: ButtonProps) {
  return (
    <button type={type} className={cx("btn", LOOKS[look], small && "sm", className)} disabled={disabled || busy} aria-busy={busy || undefined} {...rest}>
      {busy ? <LoaderCircle size={16} className="spin" aria-hidden /> : icon}
      {children}
    </button>
  );
}

/** An icon alone has a name and a tooltip, with its key where it has one. */
export function IconButton({ label, hint, children, look = "quiet", small = true, busy, icon, className, type = "button", disabled, ...rest }: ButtonProps & { label: string; hint?: string }) {
  return (
    <button type={type} className={cx("btn ic", LOOKS[look], small && "sm", className)} aria-label={label} title={hint ? `${label} (${hint})` : label} disabled={disabled || busy} aria-busy={busy || undefined} {...rest}>
      {busy ? <LoaderCircle size={16} className="spin" aria-hidden /> : (icon ?? children)}
    </button>
  );
}
