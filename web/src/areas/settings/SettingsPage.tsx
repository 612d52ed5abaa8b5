import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "~/api/session";
import { PasswordForm } from "~/areas/auth/PasswordForm";
import { changeLanguage, LANGUAGES } from "~/lib/i18n";
import { setPreferences, usePreferences, type Density, type Language, type NumberStyle, type Theme } from "~/lib/preferences";
import { weekdayName } from "~/lib/format";
import { Switch } from "~/ui/Checkbox";
import { Avatar } from "~/ui/Avatar";
import { Field } from "~/ui/Field";
import { Choose } from "~/ui/Input";
import { showToast } from "~/ui/Toasts";
import { Devices } from "./Devices";
import { Passkeys } from "./Passkeys";
import { SecondFactor } from "./SecondFactor";
import { Tokens } from "./Tokens";

export function SettingsPage() {
  const { t } = useTranslation();
  const session = useQuery(sessionQuery).data;
  if (!session) return null;
  const { user } = session;
  return (
    <>
      <header className="top">
        <h1>{t("settings.title")}</h1>
      </header>
      <div className="scroll">
        <div className="mx-auto max-w-180">
          <section className="sec flex items-center gap-3">
            <Avatar id={user.id} name={user.name} size="xl" />
            <div className="min-w-0">
              <div className="truncate text-16 font-semibold">{user.name}</div>
              <div className="truncate text-text-2">
                {user.email} {user.roles.length ? `· ${user.roles.join(", ")}` : ""}
              </div>
            </div>
          </section>
          <Display />
          <section className="sec" aria-labelledby="set-password">
            <h2 className="sech" id="set-password">
              {t("settings.password")}
            </h2>
            <PasswordForm onDone={() => showToast({ text: t("settings.passwordChanged") })} />
          </section>
          <Passkeys />
          <SecondFactor on={user.totp} />
          <Devices />
          <Tokens />
        </div>
      </div>
    </>
  );
}

const NUMBERS: [NumberStyle, string][] = [["language", ""], ["comma", "1,234.50"], ["dot", "1.234,50"], ["space", "1 234,50"], ["apostrophe", "1’234.50"]];
const WEEK_STARTS = [1, 0, 6] as const;

function Display() {
  const { t } = useTranslation();
  const { theme, density, language, numbers, weekStart, singleKeys } = usePreferences();
  return (
    <section className="sec" aria-labelledby="set-display">
      <h2 className="sech" id="set-display">
        {t("settings.display")}
      </h2>
      <div className="grid max-w-140 grid-cols-3 gap-4 max-[640px]:grid-cols-1">
        <Field label={t("prefs.theme")}>{(ids) => <Choose {...ids} value={theme} onValue={(v) => setPreferences({ theme: v as Theme })} options={["system", "light", "dark"].map((v) => ({ value: v, label: t(`prefs.${v}`) }))} />}</Field>
        <Field label={t("prefs.density")}>{(ids) => <Choose {...ids} value={density} onValue={(v) => setPreferences({ density: v as Density })} options={["comfortable", "compact"].map((v) => ({ value: v, label: t(`prefs.${v}`) }))} />}</Field>
        <Field label={t("prefs.language")}>
          {(ids) => (
            <Choose
              {...ids}
              value={language}
              onValue={(v) => {
                setPreferences({ language: v as Language });
                void changeLanguage(v as Language);
              }}
              options={LANGUAGES}
            />
          )}
        </Field>
        <Field label={t("prefs.numbers")}>{(ids) => <Choose {...ids} value={numbers} onValue={(v) => setPreferences({ numbers: v as NumberStyle })} options={NUMBERS.map(([value, label]) => ({ value, label: label || t("prefs.numbersLanguage") }))} />}</Field>
        <Field label={t("prefs.weekStart")}>{(ids) => <Choose {...ids} value={String(weekStart)} onValue={(v) => setPreferences({ weekStart: Number(v) as 0 | 1 | 6 })} options={WEEK_STARTS.map((day) => ({ value: String(day), label: weekdayName(day) }))} />}</Field>
      </div>
      <div className="mt-4 flex items-center gap-3">
        <Switch on={singleKeys} onChange={(on) => setPreferences({ singleKeys: on })} label={t("keys.single")} />
        <span className="text-text-2">{t("keys.single")}</span>
      </div>
    </section>
  );
}
