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

/** Takes change sets back, the latest first, and says what came back and what did not. */
export function useUndo(): (changeSetId: string | string[]) => Promise<void> {
  const client = useQueryClient();
  const { t } = useTranslation();
  return async (id) => {
    try {
      let skipped = 0;
      let failed = false;
      for (const one of typeof id === "string" ? [id] : [...id].reverse()) {
        const { id: undoing } = await undoChangeSet(one);
        const result = await settled(undoing);
        skipped += result.skipped?.length ?? 0;
        failed ||= result.status === "failed";
      }
      await client.invalidateQueries();
      showToast({ text: skipped ? t("undo.partly", { count: skipped }) : t("undo.done"), failed });
    } catch (error) {
      showToast({ text: asApiError(error).detail || t("undo.failed"), failed: true });
    }
  };
}
