import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { exportFile } from "~/api/exports";
import type { Condition } from "~/metadata/condition";
import type { ObjectDef } from "~/metadata/model";
import { MenuButton } from "~/ui/Menu";
import { showToast } from "~/ui/Toasts";
import { columnsOf, usualSort, type ViewState } from "./search";

export type FileFormat = "csv" | "xlsx";

/** What is on screen as a file: same filter, same order, same columns. The server writes it under the asker's rights. */
export function useExport(object: ObjectDef): { busy: boolean; run: (state: ViewState, format: FileFormat, filter?: Condition) => Promise<void> } {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const run = async (state: ViewState, format: FileFormat, filter = state.filter) => {
    setBusy(true);
    try {
      const fields = ["id", ...columnsOf(object, state.columns).map((column) => column.name)].filter((name, i, all) => all.indexOf(name) === i);
      await exportFile({ object: object.name, filter, sort: (state.sort ?? usualSort(object)).split(","), fields, format }, `${object.plural}.${format}`);
    } catch (error) {
      showToast({ text: asApiError(error).detail || t("list.exportFailed"), failed: true });
    } finally {
      setBusy(false);
    }
  };
  return { busy, run };
}

export function ExportButton({ object, state }: { object: ObjectDef; state: ViewState }) {
  const { t } = useTranslation();
  const { busy, run } = useExport(object);
  return (
    <MenuButton
      label={t("list.export")}
      buttonClass="btn gho sm ic"
      groups={[
        {
          title: t("list.exportHelp"),
          items: [
            { id: "csv", label: t("list.exportCsv"), icon: <Download size={16} />, disabled: busy, onAction: () => void run(state, "csv") },
            { id: "xlsx", label: t("list.exportXlsx"), icon: <Download size={16} />, disabled: busy, onAction: () => void run(state, "xlsx") },
          ],
        },
      ]}
    >
      <Download size={16} aria-hidden />
    </MenuButton>
  );
}
