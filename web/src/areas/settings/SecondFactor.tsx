import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { confirmTotp, removeTotp, startTotp } from "~/api/session";
import { Button } from "~/ui/Button";
import { Field } from "~/ui/Field";
import { TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { showToast } from "~/ui/Toasts";

/** A second step at sign-in: a code that an authenticator app shows. */
export function SecondFactor({ on }: { on?: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [setup, setSetup] = useState<{ secret: string; uri: string } | null>(null);
  const [removing, setRemoving] = useState(false);
  const [entry, setEntry] = useState("");
  const [codes, setCodes] = useState<string[]>([]);
  const [error, setError] = useState<string | null>(null);
  const attempt = async (action: () => Promise<void>) => {
    setError(null);
    try {
      await action();
    } catch (thrown) {
      const problem = asApiError(thrown);
      setError(problem.errors[0]?.detail || problem.detail || t("state.error.server"));
    }
  };
  const finish = async (text: string) => {
    setSetup(null);
    setRemoving(false);
    setEntry("");
    await client.invalidateQueries({ queryKey: ["me"] });
    showToast({ text });
  };
  return (
    <section className="sec" aria-labelledby="set-totp">
      <h2 className="sech" id="set-totp">
        {t("settings.totp")} {on ? <span className="badge suc">{t("settings.totpOn")}</span> : null}
      </h2>
      {error ? (
        <div className="mb-3">
          <Note tone="dan">{error}</Note>
        </div>
      ) : null}
      {codes.length ? (
        <div className="mb-3 flex max-w-120 flex-col gap-2">
          <Note tone="war">{t("settings.recovery")}</Note>
          <pre className="rounded-md bg-sunken p-3 font-mono text-12 leading-5 select-all">{codes.join("\n")}</pre>
        </div>
      ) : null}
      {setup ? (
        <form
          className="flex max-w-120 flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            void attempt(async () => {
              setCodes((await confirmTotp(entry.replace(/\s/g, "")))?.recovery_codes ?? []);
              await finish(t("settings.totpDone"));
            });
          }}
        >
          <p className="text-text-2">{t("settings.totpHow")}</p>
          <code className="rounded-md bg-sunken p-2 font-mono break-all select-all">{setup.secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
          <a className="link" href={setup.uri}>
            {t("settings.totpOpen")}
          </a>
          <Field label={t("auth.code")}>{(ids) => <TextInput {...ids} className="max-w-40" inputMode="numeric" autoComplete="one-time-code" value={entry} onValue={setEntry} autoFocus />}</Field>
          <span className="flex gap-2">
            <Button type="submit" look="primary" disabled={entry.trim().length < 6}>
              {t("settings.totpConfirm")}
            </Button>
            <Button look="quiet" onClick={() => setSetup(null)}>
              {t("action.cancel")}
            </Button>
          </span>
        </form>
      ) : removing ? (
        <form
          className="flex max-w-90 flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            void attempt(async () => {
              await removeTotp(entry);
              await finish(t("settings.totpRemoved"));
            });
          }}
        >
          <Field label={t("auth.password")}>{(ids) => <TextInput {...ids} type="password" autoComplete="current-password" value={entry} onValue={setEntry} autoFocus />}</Field>
          <span className="flex gap-2">
            <Button type="submit" look="danger" disabled={!entry}>
              {t("settings.totpRemove")}
            </Button>
            <Button look="quiet" onClick={() => setRemoving(false)}>
              {t("action.cancel")}
            </Button>
          </span>
        </form>
      ) : (
        <div className="flex flex-wrap items-center gap-3">
          <p className="min-w-0 flex-1 text-text-2">{t("settings.totpText")}</p>
          {on ? null : <Button onClick={() => void attempt(async () => setSetup(await startTotp()))}>{t("settings.totpStart")}</Button>}
          {on === false ? null : (
            <Button look="quiet" onClick={() => setRemoving(true)}>
              {t("settings.totpRemove")}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}
