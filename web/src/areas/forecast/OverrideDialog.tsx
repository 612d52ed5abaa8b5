import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { archiveRecord, createRecord, updateRecord } from "~/api/records";
import { formatMoney } from "~/lib/format";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { TextArea, TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { showToast } from "~/ui/Toasts";
import type { Judging } from "./ForecastTable";
import type { Forecast } from "./model";

/** A number of one's own in place of the calculated one, with the reason for it. */
export function OverrideDialog({ forecast, judging, onClose }: { forecast: Forecast; judging: Judging; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { line, column, manager } = judging;
  const there = line.overrides[column];
  const name = line.person?.name ?? "";
  const [amount, setAmount] = useState(there?.amount.amount ?? line.rolls_up[column].amount);
  const [reason, setReason] = useState(there?.reason ?? "");
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<{ amount?: string; reason?: string; other?: string }>({});
  const run = async (work: () => Promise<unknown>, said: string) => {
    setBusy(true);
    setErrors({});
    try {
      await work();
      await client.invalidateQueries({ queryKey: ["forecast"] });
      showToast({ text: said });
      onClose();
    } catch (thrown) {
      const problem = asApiError(thrown);
      const of = (field: string) => problem.errors.find((error) => error.field === field)?.detail;
      const other = problem.errors.filter((error) => error.field !== "amount" && error.field !== "reason").map((error) => error.detail).join(" ");
      setErrors({ amount: of("amount"), reason: of("reason"), other: other || (problem.errors.length ? undefined : problem.detail || t("state.error.server")) });
      setBusy(false);
    }
  };
  const save = () => {
    const values = { amount: amount.trim(), reason: reason.trim() };
    const fresh = { ...values, person: line.person?.id, owner: manager, column, period_kind: forecast.period.kind, period_start: forecast.period.start };
    if (!values.reason) return setErrors({ reason: t("forecast.reasonNeeded") });
    void run(() => (there ? updateRecord("forecast_override", there.id, "*", values) : createRecord("forecast_override", fresh)), t("forecast.judged", { name }));
  };
  return (
    <Dialog
      title={t(`forecast.judge.${column}`, { name })}
      onClose={onClose}
      onSubmit={save}
      footer={
        <>
          {there ? (
            <Button look="quiet" className="me-auto" disabled={busy} onClick={() => void run(() => archiveRecord("forecast_override", there.id), t("forecast.unjudged", { name }))}>
              {t("forecast.unjudge")}
            </Button>
          ) : null}
          <Button look="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" look="primary" busy={busy}>
            {t("action.save")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-text-2">{t("forecast.judgeText", { amount: formatMoney(line.total[column].amount) })}</p>
        {there?.stale && there.calculated_then ? <Note tone="war">{t("forecast.staleText", { amount: formatMoney(there.calculated_then) })}</Note> : null}
        {errors.other ? <Note tone="dan">{errors.other}</Note> : null}
        <Field label={t("forecast.amount")} required error={errors.amount} help={t("forecast.amountHelp", { currency: forecast.currency })}>
          {(ids) => <TextInput {...ids} inputMode="decimal" value={amount} onValue={setAmount} suffix={<span className="text-text-2">{forecast.currency}</span>} autoFocus />}
        </Field>
        <Field label={t("forecast.reason")} required error={errors.reason}>
          {(ids) => <TextArea {...ids} rows={3} maxLength={1000} value={reason} onValue={setReason} />}
        </Field>
      </div>
    </Dialog>
  );
}
