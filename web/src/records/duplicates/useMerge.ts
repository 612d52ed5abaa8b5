import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { mergeRecords, setDistinct, unmerge } from "~/api/duplicates";
import { asApiError } from "~/api/problem";
import { showToast } from "~/ui/Toasts";

/** Merging, its way back, and "not a duplicate": each says what happened, and each can be taken back. */
export function useMerge(object: string) {
  const client = useQueryClient();
  const { t } = useTranslation();
  const fail = (error: unknown) => showToast({ text: asApiError(error).detail || t("state.error.server"), failed: true });
  const back = async (merge: string) => {
    try {
      const { conflicts } = await unmerge(merge);
      await client.invalidateQueries();
      showToast({ text: conflicts.length ? t("duplicates.backPartly", { count: conflicts.length }) : t("duplicates.back") });
    } catch (error) {
      fail(error);
    }
  };
  const merge = async (winner: string, loser: string, fields: Record<string, "winner" | "loser">): Promise<boolean> => {
    try {
      const done = await mergeRecords(object, winner, loser, fields);
      await client.invalidateQueries();
      showToast({ text: t("duplicates.merged", { count: done.moved }), undo: () => back(done.merge) });
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  };
  const distinct = async (id: string, other: string): Promise<boolean> => {
    const again = () => client.invalidateQueries({ queryKey: ["duplicates", object] });
    try {
      await setDistinct(object, id, other, true);
      await again();
      showToast({ text: t("duplicates.remembered"), undo: async () => void (await setDistinct(object, id, other, false).then(again, fail)) });
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  };
  return { merge, back, distinct };
}
