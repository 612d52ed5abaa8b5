import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { exportFile } from "~/api/exports";
import type { ObjectDef } from "~/metadata/model";
import { IconButton } from "~/ui/Button";
import { showToast } from "~/ui/Toasts";
import { columnsOf, usualSort, type ListSearch } from "./search";

/** What is on screen as a file: same filter, same order, same columns. The server writes it under the asker's rights. */
export function ExportButton({ object, search }: { object: ObjectDef; search: ListSearch }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      const fields = ["id", ...columnsOf(object, search.columns).map((column) => column.name)].filter((name, i, all) => all.indexOf(name) === i);
      await exportFile({ object: object.name, filter: search.filter, sort: (search.sort ?? usualSort(object)).split(","), fields, format: "csv" }, `${object.plural}.csv`);
    } catch (error) {
      showToast({ text: asApiError(error).detail || t("list.exportFailed"), failed: true });
    } finally {
      setBusy(false);
    }
  };
  return (
    <IconButton label={t("list.export")} busy={busy} onClick={() => void run()}>
      <Download size={16} />
    </IconButton>
  );
}
