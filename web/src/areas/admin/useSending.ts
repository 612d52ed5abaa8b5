import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";

/** What a dialog sends: whether it is under way, and what was refused, by field; `other` is what no field of the dialog shows. */
export function useSending(fields: string[], send: () => Promise<void>) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const submit = async () => {
    setBusy(true);
    setErrors({});
    try {
      await send();
    } catch (thrown) {
      const problem = asApiError(thrown);
      setErrors(problem.errors.length ? Object.fromEntries(problem.errors.map((e) => [e.field, e.detail])) : { form: problem.detail || t("state.error.server") });
    } finally {
      setBusy(false);
    }
  };
  const other = Object.entries(errors)
    .filter(([field]) => !fields.includes(field))
    .map(([, text]) => text)
    .join(" ");
  return { busy, errors, other, submit };
}
