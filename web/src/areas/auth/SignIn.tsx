import { useQueryClient } from "@tanstack/react-query";
import { Eye, EyeOff } from "lucide-react";
import { useEffect, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { asApiError, type ApiError } from "~/api/problem";
import { sessionQuery, signIn } from "~/api/session";
import { Button } from "~/ui/Button";
import { Field } from "~/ui/Field";
import { TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { AuthFrame } from "./AuthFrame";
import { PasskeySignIn } from "./PasskeySignIn";
import { outcomeOf, Providers } from "./Providers";

/** Paste, password managers and one-time-code filling work (WCAG 3.3.8). */
export function SignIn() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [came] = useState(() => outcomeOf(window.location.href));
  const [outcome, setOutcome] = useState(came.outcome);
  // said once: not again after the next load, nor to whom the link is sent
  useEffect(() => {
    if (came.outcome) window.history.replaceState(window.history.state, "", came.rest);
  }, [came]);

  const [words, setWords] = useState<string | null>(null);

  const enter = async () => {
    client.removeQueries({ predicate: ({ queryKey }) => queryKey.length !== 1 || queryKey[0] !== "me" });
    await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    setWords(null);
    setOutcome(null);
    try {
      await signIn(email.trim(), password, code.replace(/\s/g, "") || undefined);
      await enter();
    } catch (thrown) {
      const problem = asApiError(thrown);
      if (problem.code === "code_required" && !asksCode) setAsksCode(true);
      else setError(problem);
    } finally {
      setBusy(false);
    }
  };

  return (
    <AuthFrame>
      <h1 className="text-20 font-semibold tracking-tight">{t("auth.title")}</h1>
      <form className="flex flex-col gap-4" onSubmit={(event) => void submit(event)} noValidate>
        {words ? <Note tone="dan">{words}</Note> : null}
        {error ? <Note tone="dan">{signInError(error, asksCode, t)}</Note> : outcome ? <Note tone={outcome === "cancelled" ? "inf" : "dan"}>{t(`auth.outcome.${outcome}`)}</Note> : null}
        <Field label={t("auth.email")}>{(ids) => <TextInput {...ids} className="h-10" type="email" autoComplete="username webauthn" autoFocus required value={email} onValue={setEmail} />}</Field>
        <Field label={t("auth.password")}>
          {(ids) => (
            <TextInput
              {...ids}
              className="h-10"
              type={shown ? "text" : "password"}
              autoComplete="current-password"
              required
              value={password}
              onValue={setPassword}
              suffix={
                <button type="button" className="rounded-sm p-1 text-text-2 hover:bg-hover" aria-label={t(shown ? "auth.hidePassword" : "auth.showPassword")} aria-pressed={shown} onClick={() => setShown(!shown)}>
                  {shown ? <EyeOff size={16} /> : <Eye size={16} />}
                </button>
              }
            />
          )}
        </Field>
        {asksCode ? (
          <Field label={t("auth.code")} help={t("auth.codeHelp")}>
            {(ids) => <TextInput {...ids} className="h-10" autoComplete="one-time-code" inputMode="text" autoFocus value={code} onValue={setCode} />}
          </Field>
        ) : null}
        <Button type="submit" look="primary" className="!h-10" busy={busy} disabled={!email || !password || (asksCode && !code)}>
          {t("auth.signIn")}
        </Button>
        <PasskeySignIn
          onDone={enter}
          onError={(said) => {
            setError(null);
            setWords(said);
          }}
        />
        <p className="help">{t("auth.forgot")}</p>
      </form>
      <Providers />
    </AuthFrame>
  );
}

function signInError(error: ApiError, asksCode: boolean, t: (key: string, values?: Record<string, unknown>) => string): string {
  if (error.isOffline) return t(error.code === "timeout" ? "state.error.timeout" : "state.error.offline");
  if (error.status === 429) return t("auth.tooMany", { count: Math.max(1, Math.ceil((error.retryAfter ?? 60) / 60)) });
  if (error.code === "single_sign_on_needed") return t("auth.useProvider");
  if (error.status === 401) return t(asksCode ? "auth.badCode" : "auth.bad");
  return error.detail || t("state.error.server");
}
