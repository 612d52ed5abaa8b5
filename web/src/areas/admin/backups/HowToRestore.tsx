import { Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "~/ui/Button";
import type { Backup } from "./model";

/** What to type when it is needed: on this machine, or on another one. */
export function HowToRestore({ newest }: { newest?: Backup }) {
  const { t } = useTranslation();
  const command = `rapport restore ${newest?.file ?? "FILE"}${newest?.encrypted ? " --key-file KEY" : ""}`;
  return (
    <section className="sec" aria-labelledby="backup-restore">
      <h2 className="sech" id="backup-restore">
        {t("backups.restore")}
      </h2>
      <p className="mb-2 text-text-2">{t("backups.restoreHow")}</p>
      <div className="mb-2 flex items-center gap-2">
        <code className="min-w-0 flex-1 rounded-md bg-sunken p-2 font-mono text-12 break-all select-all">{command}</code>
        <IconButton label={t("action.copy")} onClick={() => void navigator.clipboard?.writeText(command)}>
          <Copy size={16} />
        </IconButton>
      </div>
      <p className="text-text-2">{t("backups.restoreAfter")}</p>
    </section>
  );
}
