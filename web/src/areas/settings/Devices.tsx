import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Monitor } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { devices, revokeDevice } from "~/api/session";
import { formatMoment, formatMomentExact } from "~/lib/format";
import { Button } from "~/ui/Button";
import { Note } from "~/ui/Note";
import { showToast } from "~/ui/Toasts";

/** Where this person is signed in; each can be signed out from here. */
export function Devices() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const list = useQuery({ queryKey: ["auth", "sessions"], queryFn: devices });
  const revoke = async (id: string) => {
    try {
      await revokeDevice(id);
      await client.invalidateQueries({ queryKey: ["auth", "sessions"] });
    } catch (error) {
      showToast({ text: asApiError(error).detail || t("state.error.server"), failed: true });
    }
  };
  return (
    <section className="sec" aria-labelledby="set-devices">
      <h2 className="sech" id="set-devices">
        {t("settings.devices")}
      </h2>
      {list.isError ? <Note tone="dan">{asApiError(list.error).detail || t("state.error.server")}</Note> : null}
      <ul>
        {(list.data?.items ?? []).map((device) => (
          <li key={device.id} className="flex min-h-12 items-center gap-3 border-b border-line py-1 last:border-0">
            <Monitor size={16} className="text-text-3" aria-hidden />
            <span className="min-w-0 flex-1">
              <span className="block truncate" title={device.user_agent ?? undefined}>
                {nameOf(device.user_agent) || t("settings.unknownDevice")} {device.current ? <span className="badge suc">{t("settings.thisDevice")}</span> : null}
              </span>
              <span className="block truncate text-12 text-text-3" title={formatMomentExact(device.created_at)}>
                {t("settings.since", { when: formatMoment(device.created_at) })}
                {device.last_seen_at ? `, ${t("settings.lastSeen", { when: formatMoment(device.last_seen_at) })}` : ""}
                {device.ip ? `, ${device.ip}` : ""}
              </span>
            </span>
            {device.current ? null : (
              <Button small onClick={() => void revoke(device.id)}>
                {t("settings.signOutDevice")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function nameOf(agent: string | null | undefined): string {
  if (!agent) return "";
  const browser = /(Edg|OPR|Firefox|Chrome|Safari|curl)\/?/.exec(agent)?.[1] ?? "";
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1] ?? "";
  return [browser.replace("Edg", "Edge").replace("OPR", "Opera"), system.replace("Mac OS X", "macOS")].filter(Boolean).join(", ");
}
