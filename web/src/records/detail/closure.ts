import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "~/api/client";
import { asApiError } from "~/api/problem";
import { runVerb } from "~/api/records";
import type { RecordData } from "~/api/types";
import type { ObjectDef } from "~/metadata/model";
import { titleOf } from "~/metadata/registry";
import { showToast } from "~/ui/Toasts";

export type Outcome = "won" | "lost" | "cancelled";

/** Closes a deal by its verb; gives back a way to undo. Throws what the server refuses. */
export function useClosure(object: ObjectDef): (record: RecordData, outcome: Outcome, reason?: string) => Promise<void> {
  const client = useQueryClient();
  const { t } = useTranslation();
  const refresh = () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === object.name || queryKey[0] === "timeline" });
  return async (record, outcome, reason) => {
    await runVerb(object.plural, record.id, "closure", { outcome, ...(reason ? { reason } : {}) });
    await refresh();
    showToast({
      text: t(`closure.done.${outcome}`, { what: titleOf(object, record) }),
      undo: async () => {
        try {
          await call("DELETE", `/${object.plural}/${record.id}/closure`);
          await refresh();
        } catch (error) {
          showToast({ text: asApiError(error).detail || t("undo.failed"), failed: true });
        }
      },
    });
  };
}
