import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { changePassword } from "~/api/session";
import { Button } from "~/ui/Button";
import { Field } from "~/ui/Field";
import { TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";

// The length the server asks for; it has the last word.
const SHORTEST = 15;

export function PasswordForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found: Record<string, string> = {};
    if ([...fresh].length < SHORTEST) found.new = t("auth.tooShort", { count: SHORTEST });
    if (fresh !== again) found.again = t("auth.notSame");
    setErrors(found);
    if (Object.keys(found).length) return;
    setBusy(true);
    try {
      await changePassword(old, fresh);
      setOld("");
      setFresh("");
      setAgain("");
      onDone();
    } catch (thrown) {
      const problem = asApiError(thrown);
      const byField = Object.fromEntries(problem.errors.map((e) => [e.field, e.detail]));
      setErrors(Object.keys(byField).length ? byField : { form: problem.status === 401 || problem.code === "bad_credentials" ? t("auth.wrongOld") : problem.detail || t("state.error.server") });
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="flex max-w-90 flex-col gap-4" onSubmit={(event) => void submit(event)} noValidate>
      {errors.form ? <Note tone="dan">{errors.form}</Note> : null}
      <Field label={t("auth.oldPassword")} error={errors.old}>
        {(ids) => <TextInput {...ids} type="password" autoComplete="current-password" value={old} onValue={setOld} />}
      </Field>
      <Field label={t("auth.newPassword")} error={errors.new} help={t("auth.passwordHelp", { count: SHORTEST })}>
        {(ids) => <TextInput {...ids} type="password" autoComplete="new-password" value={fresh} onValue={setFresh} />}
      </Field>
      <Field label={t("auth.repeatPassword")} error={errors.again}>
        {(ids) => <TextInput {...ids} type="password" autoComplete="new-password" value={again} onValue={setAgain} />}
      </Field>
      <Button type="submit" look="primary" busy={busy} disabled={!old || !fresh || !again} className="self-start">
        {t("auth.change")}
      </Button>
    </form>
  );
}
