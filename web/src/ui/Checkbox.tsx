import { Check, Minus } from "lucide-react";
import type { MouseEvent, ReactNode } from "react";

/** A real checkbox under a drawn one, so that keyboard, labels and forms work as they always do. */
export function Checkbox({ checked, some, onChange, label, hideLabel, disabled, id }: { checked: boolean; some?: boolean; onChange: (checked: boolean, shift: boolean) => void; label: ReactNode; hideLabel?: boolean; disabled?: boolean; id?: string }) {
  // Browsers keep Shift and a click on a label for selecting text; in a list it extends the selection of rows.
  const extend = (event: MouseEvent) => {
    if (!event.shiftKey || disabled || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    onChange(!checked, true);
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- the input inside takes the keys
    <label className="cbl" onClick={extend}>
      <input
        id={id}
        type="checkbox"
        className="sr-only"
        checked={checked}
        disabled={disabled}
        ref={(input) => {
          if (input) input.indeterminate = !checked && Boolean(some);
        }}
        onChange={(event) => onChange(event.target.checked, false)}
      />
      <span className="cb" data-on={checked || some ? "true" : "false"} aria-hidden>
        {some && !checked ? <Minus /> : <Check />}
      </span>
      <span className={hideLabel ? "sr-only" : undefined}>{label}</span>
    </label>
  );
}

export function Switch({ on, onChange, label, id }: { on: boolean; onChange: (on: boolean) => void; label: string; id?: string }) {
  return (
    <button type="button" role="switch" aria-checked={on} id={id} aria-label={label} className="inline-flex min-h-6 items-center rounded-md" onClick={() => onChange(!on)}>
      <span className="sw" data-on={on ? "true" : "false"} aria-hidden />
    </button>
  );
}
