import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { changeLanguage, LANGUAGES } from "~/lib/i18n";
import { setPreferences, usePreferences } from "~/lib/preferences";
import { Glyph, Wordmark } from "~/ui/Logo";

/** The page before the application: form at the left, the mark with its lines at the right. */
export function AuthFrame({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { language } = usePreferences();
  return (
    <div className="grid h-dvh grid-cols-1 overflow-auto bg-surface min-[900px]:grid-cols-2">
      <div className="flex min-h-full flex-col px-8 py-6 max-[640px]:px-5">
        <div className="flex items-center gap-2">
          <Glyph size={28} />
          <Wordmark height={26} />
        </div>
        <main className="mx-auto flex w-full max-w-90 flex-1 flex-col justify-center gap-5 py-8">{children}</main>
        <footer className="flex flex-wrap items-center gap-4 text-12">
          {LANGUAGES.map(({ value, label }) => (
            <button
              key={value}
              type="button"
              lang={value}
              className={value === language ? "min-h-6 text-text-3" : "link min-h-6"}
              aria-current={value === language ? "true" : undefined}
              onClick={() => {
                setPreferences({ language: value });
                void changeLanguage(value);
              }}
            >
              {label}
            </button>
          ))}
          <span className="ms-auto text-text-3">{t("auth.ownServer")}</span>
        </footer>
      </div>
      <div className="hidden border-s border-line bg-bg min-[900px]:block" aria-hidden>
        <Lines />
      </div>
    </div>
  );
}

const LINES = 15;

/** Many threads that meet in one place: the picture of the product, drawn from tokens. */
function Lines() {
  const threads = Array.from({ length: LINES }, (_, i) => {
    const left = 40 + (i * 820) / (LINES - 1);
    const right = 110 + (i * 700) / (LINES - 1);
    return `M0 ${left.toFixed(0)}C240 ${left.toFixed(0)} 260 450 400 450S560 ${right.toFixed(0)} 800 ${right.toFixed(0)}`;
  });
  return (
    <svg className="size-full" viewBox="0 0 800 900" preserveAspectRatio="xMidYMid slice">
      <g fill="none" stroke="var(--c-accent-line)" strokeWidth="1.25">
        {threads.map((d) => (
          <path key={d} d={d} />
        ))}
      </g>
      <circle cx="400" cy="450" r="28" fill="var(--c-accent)" />
      <g transform="translate(387.5 438) scale(1)" fill="none" stroke="var(--c-on-accent)" strokeWidth="2.5" strokeLinecap="round" strokeLinejoin="round">
        <path d="M7.6 6.4v11.2M11.7 6.4h1.5a3.35 3.35 0 0 1 0 6.7h-1.5M13.4 13.1c2.1.3 3.1 1.9 3.1 4.5" />
      </g>
    </svg>
  );
}
