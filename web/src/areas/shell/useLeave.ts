import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { signOut } from "~/api/session";
import { forgetSeen } from "~/lib/recent";
import { showToast } from "~/ui/Toasts";

/** Signs out and leaves nothing behind. */
export function useLeave(): () => Promise<void> {
  const { t } = useTranslation();
  const client = useQueryClient();
  return async () => {
    try {
      await signOut();
    } catch (error) {
      if (asApiError(error).status !== 401) return showToast({ text: t("state.error.signOut"), failed: true });
    }
    forgetSeen();
    // First the sign-in page, then nothing of what was on screen may stay in memory.
    client.setQueryData(["me"], null);
    client.removeQueries({ predicate: ({ queryKey }) => queryKey.length !== 1 || queryKey[0] !== "me" });
  };
}
