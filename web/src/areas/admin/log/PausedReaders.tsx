import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { pausedQuery, resumeReader } from "~/api/log";
import { asApiError } from "~/api/problem";
import { sessionQuery } from "~/api/session";
import { formatMoment, formatNumber } from "~/lib/format";
import { useCapability } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { Note } from "~/ui/Note";
import { showToast } from "~/ui/Toasts";
import { author } from "./said";

/** Who was stopped because they read far more than usual, and the way to let them go on. */
export function PausedReaders() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const mayResume = useCapability("manage_users");
  const me = useQuery(sessionQuery).data?.user.id;
  const paused = useQuery(pausedQuery).data?.items ?? [];
  const [busy, setBusy] = useState<string | null>(null);
  if (paused.length === 0) return null;
  const resume = async (reader: string) => {
    setBusy(reader);
    try {
      await resumeReader(reader);
      await client.invalidateQueries({ queryKey: ["log"] });
      showToast({ text: t("log.resumed") });
    } catch (error) {
      showToast({ text: asApiError(error).detail || t("state.error.server"), failed: true });
    } finally {
      setBusy(null);
    }
  };
  return (
    <div className="flex flex-col gap-2 border-b border-line px-5 py-3">
      {paused.map((one) => (
        <Note key={one.reader} tone="war">
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span>
              {t(one.reader.startsWith("token ") ? "log.pausedToken" : "log.pausedPerson", { name: author(one.by), when: formatMoment(one.at), records: formatNumber(one.records), usual: formatNumber(one.usual) })}
            </span>
            {mayResume && one.by.id !== me ? (
              <Button small busy={busy === one.reader} onClick={() => void resume(one.reader)}>
                {t("log.resume")}
              </Button>
            ) : null}
          </span>
        </Note>
      ))}
    </div>
  );
}
