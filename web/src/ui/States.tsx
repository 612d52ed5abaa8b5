import { CloudOff, LockKeyhole, RotateCw, TriangleAlert } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";

/** Why it is empty, what fills it, one way on. */
export function EmptyState({ icon, title, text, children, page, tone = "plain" }: { icon: ReactNode; title: string; /** It stands for the whole page and carries its heading. */ page?: boolean; text?: ReactNode; children?: ReactNode; tone?: "plain" | "danger" }) {
  return (
    <div className="flex min-h-60 flex-1 flex-col items-center justify-center gap-2 p-6 text-center">
      <span className={`mb-2 flex size-12 items-center justify-center rounded-full ${tone === "danger" ? "bg-danger-soft text-danger" : "bg-press text-text-2"}`} aria-hidden>
        {icon}
      </span>
      {page ? <h1 className="text-16 font-semibold">{title}</h1> : <h2 className="text-16 font-semibold">{title}</h2>}
      {text ? <p className="max-w-[420px] text-text-2">{text}</p> : null}
      {children ? <div className="mt-3 flex flex-wrap justify-center gap-2">{children}</div> : null}
    </div>
  );
}

/** What a failed call tells; the client's error has this shape. */
export interface Failure {
  status: number;
  code: string;
  detail: string;
  requestId: string | null;
  isOffline: boolean;
}

/** What failed, what is safe, try again, the number for support. */
export function ErrorState({ error, title, retry, page, clear }: { error: Failure; title: string; retry?: () => void; page?: boolean; /** Another way out, where what was asked may be at fault. */ clear?: { label: string; onClick: () => void } }) {
  const { t } = useTranslation();
  if (error.status === 403) return <ForbiddenState detail={error.detail} page={page} />;
  if (error.status === 404) return <EmptyState page={page} icon={<LockKeyhole size={20} />} title={t("state.missing.title")} text={t("state.missing.text")} />;
  const text = error.isOffline ? t(error.code === "timeout" ? "state.error.timeout" : "state.error.offline") : error.detail || t("state.error.server");
  return (
    <EmptyState page={page} tone="danger" icon={error.isOffline ? <CloudOff size={20} /> : <TriangleAlert size={20} />} title={title} text={text}>
      {retry ? (
        <Button icon={<RotateCw size={16} />} onClick={retry}>
          {t("action.tryAgain")}
        </Button>
      ) : null}
      {clear && !error.isOffline ? <Button onClick={clear.onClick}>{clear.label}</Button> : null}
      {error.requestId ? (
        <p className="w-full text-12 text-text-3">
          {t("state.error.support")} <code className="select-all font-mono">{error.requestId}</code>
        </p>
      ) : null}
    </EmptyState>
  );
}

export function ForbiddenState({ detail, page }: { detail?: string; page?: boolean }) {
  const { t } = useTranslation();
  return <EmptyState page={page} icon={<LockKeyhole size={20} />} title={t("state.forbidden.title")} text={detail || t("state.forbidden.text")} />;
}

/** True after 150 ms: a quick answer shows no skeleton at all. */
export function useSlow(waiting: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setSlow(true), 150);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [waiting]);
  return waiting && slow;
}
