import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { changeSet, undoChangeSet } from "~/api/records";
import type { ChangeSet } from "~/api/types";
import { showToast } from "~/ui/Toasts";

const LONGEST_WAIT_MS = 15 * 60_000;

/** Waits until a change set has run to its end. */
export async function settled(id: string): Promise<ChangeSet> {
  const started = Date.now();
  for (let pause = 80; ; pause = Math.min(1500, pause * 1.7)) {
    const set = await changeSet(id);
    if (set.status !== "running" || Date.now() - started > LONGEST_WAIT_MS) return set;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Takes a change set back and says what came back and what did not. */
export function useUndo(): (changeSetId: string) => Promise<void> {
  const client = useQueryClient();
  const { t } = useTranslation();
  return async (id) => {
    try {
      const { id: undoing } = await undoChangeSet(id);
      const result = await settled(undoing);
      await client.invalidateQueries();
      const skipped = result.skipped?.length ?? 0;
      showToast({ text: skipped ? t("undo.partly", { count: skipped }) : t("undo.done"), failed: result.status === "failed" });
    } catch (error) {
      showToast({ text: asApiError(error).detail || t("undo.failed"), failed: true });
    }
  };
}
