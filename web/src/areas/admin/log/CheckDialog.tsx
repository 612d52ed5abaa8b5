import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { logHead, verifyLog } from "~/api/log";
import { asApiError } from "~/api/problem";
import { formatNumber } from "~/lib/format";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Note } from "~/ui/Note";
import { showToast } from "~/ui/Toasts";

/** Whether the log is as it was written, and its head to be kept elsewhere. */
export function CheckDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ["log", "verified"], queryFn: verifyLog, staleTime: 0, gcTime: 0, retry: false });
  const head = useQuery({ queryKey: ["log", "head"], queryFn: logHead, staleTime: 0, gcTime: 0, retry: false }).data;
  const copy = async () => {
    if (!head) return;
    await navigator.clipboard.writeText(head.note);
    showToast({ text: t("log.headCopied") });
  };
  return (
    <Dialog title={t("log.check")} width={560} onClose={onClose} footer={<Button onClick={onClose}>{t("action.close")}</Button>}>
      {found.isPending ? <p aria-busy>{t("log.checking")}</p> : null}
      {found.isError ? <Note tone="dan">{asApiError(found.error).detail || t("state.error.server")}</Note> : null}
      {found.data?.findings.length === 0 ? <Note tone="suc">{t("log.whole", { count: found.data.entries, number: formatNumber(found.data.entries) })}</Note> : null}
      {found.data && found.data.findings.length > 0 ? (
        <Note tone="dan">
          {t("log.notWhole")}
          <ul className="mt-1 list-disc ps-5">
            {found.data.findings.map((finding, index) => (
              <li key={index}>{finding.what}</li>
            ))}
          </ul>
        </Note>
      ) : null}
      {head ? (
        <section className="mt-4">
          <h3 className="mb-1 font-semibold">{t("log.head")}</h3>
          <p className="mb-2 text-text-2">{t("log.headText")}</p>
          <pre className="log-note">{head.note}</pre>
          <Button small className="mt-2" onClick={() => void copy()}>
            {t("action.copy")}
          </Button>
        </section>
      ) : null}
    </Dialog>
  );
}
