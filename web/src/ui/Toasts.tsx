import { Check, TriangleAlert, X } from "lucide-react";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

export interface Toast {
  id: number;
  text: string;
  undo?: () => void | Promise<void>;
  /** What one usually does next. */
  more?: { label: string; run: () => void };
  failed?: boolean;
}

const SECONDS = 10;
let toasts: Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());

/** Says what happened, with a way back. It stays ten seconds and stops under pointer and focus. */
export function showToast(toast: Omit<Toast, "id">): void {
  toasts = [...toasts.slice(-2), { ...toast, id: next++ }];
  tell();
}
function dismiss(id: number): void {
  toasts = toasts.filter((toast) => toast.id !== id);
  tell();
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((toast) => (
        <OneToast key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function OneToast({ toast }: { toast: Toast }) {
  const { t } = useTranslation();
  const [held, setHeld] = useState(false);
  const left = useRef(SECONDS * 1000);
  useEffect(() => {
    if (held) return;
    const started = Date.now();
    const timer = setTimeout(() => dismiss(toast.id), left.current);
    return () => {
      clearTimeout(timer);
      left.current -= Date.now() - started;
    };
  }, [held, toast.id]);
  const hold = { onPointerEnter: () => setHeld(true), onPointerLeave: () => setHeld(false), onFocus: () => setHeld(true), onBlur: () => setHeld(false) };
  return (
    <div className="toast" {...hold}>
      {toast.failed ? <TriangleAlert size={16} aria-hidden /> : <Check size={16} aria-hidden />}
      <span className="min-w-0 flex-1">{toast.text}</span>
      {toast.more ? (
        <button
          type="button"
          className="undo"
          onClick={() => {
            dismiss(toast.id);
            toast.more?.run();
          }}
        >
          {toast.more.label}
        </button>
      ) : null}
      {toast.undo ? (
        <button
          type="button"
          className="undo"
          onClick={() => {
            dismiss(toast.id);
            void toast.undo?.();
          }}
        >
          {t("action.undo")}
        </button>
      ) : null}
      <button type="button" aria-label={t("action.close")} onClick={() => dismiss(toast.id)}>
        <X size={14} aria-hidden />
      </button>
      <span className="left" aria-hidden />
    </div>
  );
}
