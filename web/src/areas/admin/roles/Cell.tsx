import { useEffect, useRef, useState } from "react";
import { REACHES, type SpotValue } from "./model";
import { Value, wordOf } from "./Value";

/** One right, changed where it stands: a yes or no at once, a reach from a list. */
export function Cell({ value, label, child, withheld, changed, editable, place, tabbable, onValue }: { value: SpotValue; label: string; child?: boolean; withheld?: number; changed: boolean; editable: boolean; place: [number, number]; tabbable: boolean; onValue: (value: SpotValue) => void }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLSelectElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (open) {
      list.current?.focus();
      try {
        list.current?.showPicker();
      } catch {
        // Not every browser opens the list by itself; it has the focus, so arrows and a click do.
      }
    } else if (wasOpen.current) button.current?.focus();
    wasOpen.current = open;
  }, [open]);
  const inner = <Value value={value} child={child} withheld={withheld} />;
  if (!editable) {
    return (
      <span className="right-cell">
        {inner}
        <span className="sr-only">{wordOf(value, child)}</span>
      </span>
    );
  }
  if (open && typeof value !== "boolean") {
    return (
      <select
        ref={list}
        className="right-cell w-full bg-surface"
        aria-label={label}
        value={value}
        onChange={(event) => {
          onValue(event.target.value as SpotValue);
          setOpen(false);
        }}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => {
          if (event.key === "Escape" || event.key === "Enter") setOpen(false);
          event.stopPropagation();
        }}
      >
        {REACHES.map((reach) => (
          <option key={reach} value={reach}>
            {wordOf(reach, child)}
          </option>
        ))}
      </select>
    );
  }
  return (
    <button
      ref={button}
      type="button"
      className="right-cell edit"
      data-changed={changed || undefined}
      data-place={place.join("/")}
      tabIndex={tabbable ? 0 : -1}
      aria-label={label}
      aria-pressed={typeof value === "boolean" ? value : undefined}
      onClick={() => (typeof value === "boolean" ? onValue(!value) : setOpen(true))}
    >
      {inner}
    </button>
  );
}
