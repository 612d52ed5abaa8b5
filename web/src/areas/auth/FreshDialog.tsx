import { useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { means, proveByPasskey, proveByPassword } from "~/api/passkeys";
import { asApiError } from "~/api/problem";
import { hasPasskeys } from "~/lib/passkeys";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { passkeyError } from "./passkeyWords";

/** Asks who sits here before what is dangerous; what was begun goes on behind it. */
export default function FreshDialog({ onAnswer }: { onAnswer: (given: boolean) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const can = useQuery({ queryKey: ["auth", "fresh"], queryFn: means, staleTime: 0, gcTime: 0 });
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const attempt = async (prove: () => Promise<unknown>, words: (thrown: unknown) => Record<string, string>) => {
    setBusy(true);
    setErrors({});
    try {
      await prove();
      client.removeQueries({ queryKey: ["auth", "fresh"] });
      onAnswer(true);
    } catch (thrown) {
      setErrors(words(thrown));
      setBusy(false);
    }
  };
  const byPassword = () =>
    attempt(
      () => proveByPassword(password, code.replace(/\s/g, "") || undefined),
      (thrown) => {
        const problem = asApiError(thrown);
        if (problem.status === 429) return { form: t("auth.tooMany", { count: Math.max(1, Math.ceil((problem.retryAfter ?? 60) / 60)) }) };
        const said: Record<string, string> = { bad_password: t("auth.wrongOld"), bad_code: t("auth.badCode"), code_required: t("auth.codeHelp") };
        const byField: Record<string, string> = Object.fromEntries(problem.errors.map((e) => [e.field, said[e.code] ?? e.detail]));
        return problem.errors.length ? byField : { form: problem.detail || t("state.error.server") };
      },
    );
  const byPasskey = () =>
    attempt(proveByPasskey, (thrown): Record<string, string> => {
      const words = passkeyError(thrown, t);
      return words ? { form: words } : {};
    });
  const shown = can.data;
  const passkey = shown?.passkey && hasPasskeys();
  return (
    <Dialog
      title={t("auth.fresh.title")}
      width={420}
      onClose={() => onAnswer(false)}
      onSubmit={() => void (shown?.password && password ? byPassword() : undefined)}
      footer={
        shown?.password ? (
          <Button type="submit" look="primary" busy={busy} disabled={!password || (shown.code && !code.trim())}>
            {t("auth.fresh.go")}
          </Button>
        ) : undefined
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-text-2">{t("auth.fresh.text")}</p>
        {errors.form ? <Note tone="dan">{errors.form}</Note> : null}
        {can.isError ? <Note tone="dan">{asApiError(can.error).detail || t("state.error.server")}</Note> : null}
        {passkey ? (
          <Button icon={<KeyRound size={16} />} disabled={busy} className="self-start" onClick={() => void byPasskey()}>
            {t("auth.fresh.passkey")}
          </Button>
        ) : null}
        {shown?.password ? (
          <Field label={t("auth.password")} error={errors.password}>
            {(ids) => <TextInput {...ids} type="password" autoComplete="current-password" autoFocus value={password} onValue={setPassword} />}
          </Field>
        ) : null}
        {shown?.password && shown.code ? (
          <Field label={t("auth.code")} help={t("auth.codeHelp")} error={errors.code}>
            {(ids) => <TextInput {...ids} className="max-w-40" autoComplete="one-time-code" value={code} onValue={setCode} />}
          </Field>
        ) : null}
        {shown && !shown.password && !passkey ? <Note tone="war">{t("auth.fresh.neither")}</Note> : null}
      </div>
    </Dialog>
  );
}
