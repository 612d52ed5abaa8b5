import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { acceptInvitation } from "~/api/session";
import { Button } from "~/ui/Button";
import { Field } from "~/ui/Field";
import { TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { AuthFrame } from "./AuthFrame";

const SHORTEST = 15;

/** The token of the link, wherever it stands in it; behind `#` it never reaches a log. */
export function tokenOf(location: { pathname: string; search: string; hash: string }): string {
  const hash = location.hash.replace(/^#(token=)?/, "");
  return hash || (new URLSearchParams(location.search).get("token") ?? "") || decodeURIComponent(location.pathname.split("/")[2] ?? "");
}

export default function Invitation() {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found: Record<string, string> = {};
    if ([...password].length < SHORTEST) found.password = t("auth.tooShort", { count: SHORTEST });
    if (password !== again) found.again = t("auth.notSame");
    setErrors(found);
    if (Object.keys(found).length) return;
    setBusy(true);
    try {
      await acceptInvitation(tokenOf(window.location), password);
      setDone(true);
    } catch (thrown) {
      const problem = asApiError(thrown);
      const own = problem.errors.find((e) => e.field === "password");
      setErrors(own ? { password: own.detail } : { form: problem.detail || t(problem.isOffline ? "state.error.offline" : "state.error.server") });
    } finally {
      setBusy(false);
    }
  };
  return (
    <AuthFrame>
      <h1 className="text-20 font-semibold tracking-tight">{t("auth.inviteTitle")}</h1>
      {done ? (
        <>
          <Note tone="suc">{t("auth.inviteDone")}</Note>
          <a className="btn pri !h-10" href="/">
            {t("auth.toSignIn")}
          </a>
        </>
      ) : (
        <form className="flex flex-col gap-4" onSubmit={(event) => void submit(event)} noValidate>
          <p className="text-text-2">{t("auth.inviteText")}</p>
          {errors.form ? <Note tone="dan">{errors.form}</Note> : null}
          <Field label={t("auth.newPassword")} error={errors.password} help={t("auth.passwordHelp", { count: SHORTEST })}>
            {(ids) => <TextInput {...ids} className="h-10" type="password" autoComplete="new-password" value={password} onValue={setPassword} />}
          </Field>
          <Field label={t("auth.repeatPassword")} error={errors.again}>
            {(ids) => <TextInput {...ids} className="h-10" type="password" autoComplete="new-password" value={again} onValue={setAgain} />}
          </Field>
          <Button type="submit" look="primary" className="!h-10" busy={busy} disabled={!password || !again}>
            {t("auth.setPassword")}
          </Button>
        </form>
      )}
    </AuthFrame>
  );
}
