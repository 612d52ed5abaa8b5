import { useQueryClient } from "@tanstack/react-query";
import { Archive } from "lucide-react";
import { useTranslation } from "react-i18next";
import { call } from "~/api/client";
import { asApiError } from "~/api/problem";
import { modelLabel } from "~/lib/i18n";
import type { FieldDef } from "~/metadata/model";
import { IconButton } from "~/ui/Button";
import { showToast } from "~/ui/Toasts";

/** Takes a custom field off the screens; its values stay. */
export function ArchiveField({ object, field }: { object: string; field: FieldDef }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const label = modelLabel(field.label);
  const archive = async () => {
    try {
      await call("DELETE", `/objects/${object}/fields/${field.name}`);
      await client.invalidateQueries({ queryKey: ["objects"] });
      showToast({ text: t("admin.fieldArchived", { what: label }) });
    } catch (error) {
      showToast({ text: asApiError(error).detail || t("state.error.server"), failed: true });
    }
  };
  return (
    <IconButton label={t("admin.archiveField", { what: label })} onClick={() => void archive()}>
      <Archive size={14} />
    </IconButton>
  );
}
