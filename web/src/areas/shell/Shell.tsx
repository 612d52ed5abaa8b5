import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { screen } from "~/lib/i18n";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { rightsQuery } from "~/api/session";
import { useLiveUpdates } from "~/api/stream";
import type { Session } from "~/api/types";
import { useChord, useKeys } from "~/lib/keyboard";
import { ShellContext, type ShellActions } from "~/records/shellContext";
import { PhoneBar } from "./PhoneBar";
import { useRail } from "./rail";
import { Sidebar } from "./Sidebar";

const Palette = lazy(() => screen(import("./Palette")));
const ShortcutSheet = lazy(() => screen(import("./ShortcutSheet")));
const CreateDialog = lazy(() => screen(import("~/records/form/CreateDialog")));

/** The frame of every screen: sidebar, phone bar, and what opens over them from anywhere. */
export function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const rail = useRail();
  const [over, setOver] = useState<"palette" | "shortcuts" | null>(null);
  const [creating, setCreating] = useState<{ object: string; values?: Record<string, unknown> } | null>(null);
  useQuery(rightsQuery);
  useLiveUpdates(true);
  useChord("k", () => setOver((open) => (open === "palette" ? null : "palette")));
  useKeys({
    "/": (event) => {
      event.preventDefault();
      setOver("palette");
    },
    "?": () => setOver("shortcuts"),
  });
  const actions: ShellActions = { openPalette: () => setOver("palette"), openShortcuts: () => setOver("shortcuts"), create: (object, values) => setCreating({ object, values }) };
  return (
    <ShellContext value={actions}>
      <a className="skip" href="#main">
        {t("shell.skip")}
      </a>
      <div className="app" data-rail={rail}>
        <Sidebar session={session} />
        <main className="main" id="main" tabIndex={-1}>
          {children}
        </main>
        <PhoneBar />
      </div>
      <Suspense>
        {over === "palette" ? <Palette onClose={() => setOver(null)} /> : null}
        {over === "shortcuts" ? <ShortcutSheet onClose={() => setOver(null)} /> : null}
        {creating ? (
          <CreateDialog
            object={creating.object}
            initial={creating.values}
            onClose={() => setCreating(null)}
            onCreated={(record, open) => {
              setCreating(null);
              if (open) void navigate({ to: "/$object/$id", params: { object: creating.object, id: record.id } });
            }}
          />
        ) : null}
      </Suspense>
    </ShellContext>
  );
}
