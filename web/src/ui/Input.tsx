import type { InputHTMLAttributes, ReactNode, Ref, SelectHTMLAttributes, TextareaHTMLAttributes } from "react";
import { ChevronsUpDown } from "lucide-react";
import { cx } from "~/lib/cx";

export function TextInput({ icon, suffix, className, onValue, ...rest }: InputHTMLAttributes<HTMLInputElement> & { icon?: ReactNode; suffix?: ReactNode; onValue?: (value: string) => void; ref?: Ref<HTMLInputElement> }) {
  return (
    <span className={cx("inp", className)}>
      {icon}
      <input {...rest} onChange={onValue ? (event) => onValue(event.target.value) : rest.onChange} />
      {suffix}
    </span>
  );
}

export function TextArea({ className, onValue, ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement> & { onValue?: (value: string) => void; ref?: Ref<HTMLTextAreaElement> }) {
  return <textarea {...rest} className={cx("inp", className)} onChange={onValue ? (event) => onValue(event.target.value) : rest.onChange} />;
}

/** The browser's own list of choices: short lists need no more, and it is right on a phone. */
export function Choose({ options, onValue, className, ...rest }: Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange"> & { options: { value: string; label: string; disabled?: boolean }[]; onValue: (value: string) => void }) {
  return (
    <span className={cx("inp", className)}>
      <select {...rest} className="min-w-0 flex-1 truncate self-stretch bg-transparent" onChange={(event) => onValue(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronsUpDown size={14} aria-hidden className="pointer-events-none" />
    </span>
  );
}
