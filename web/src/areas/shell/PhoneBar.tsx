import { Kanban, Menu as MenuIcon, Plus, Search, Users } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { rightsQuery } from "~/api/session";
import { modelLabel, screen } from "~/lib/i18n";
import { usePhone } from "~/lib/media";
import { useObjects } from "~/metadata/registry";
import { useShell } from "~/records/shellContext";

const PlacesMenu = lazy(() => screen(import("./PlacesMenu")));

/** Below 640 px: the four places of the day and "create" in the middle. */
export function PhoneBar() {
  const { t } = useTranslation();
  const { openPalette, create } = useShell();
  const objects = useObjects();
  const rights = useQuery(rightsQuery).data;
  const current = useParams({ strict: false }).object;
  const board = useSearch({ strict: false }) as { view?: string };
  const phone = usePhone();
  const more = (
    <button type="button" aria-haspopup="menu" disabled>
      <MenuIcon size={22} aria-hidden />
      {t("shell.more")}
    </button>
  );
  const has = (name: string) => objects.some((object) => object.name === name);
  return (
    <nav className="phonebar" aria-label={t("shell.areas")}>
      {has("contact") ? (
        <Link to="/$object" params={{ object: "contact" }} aria-current={current === "contact" ? "page" : undefined}>
          <Users size={22} aria-hidden />
          {modelLabel("Contacts")}
        </Link>
      ) : null}
      <button type="button" onClick={openPalette}>
        <Search size={22} aria-hidden />
        {t("shell.findShort")}
      </button>
      <button type="button" aria-label={t("action.create")} onClick={() => create(current && rights?.objects[current]?.create ? current : "contact")}>
        <span className="plus">
          <Plus size={20} aria-hidden />
        </span>
      </button>
      {has("opportunity") ? (
        <Link to="/$object" params={{ object: "opportunity" }} search={{ view: "board" }} aria-current={current === "opportunity" && board.view === "board" ? "page" : undefined}>
          <Kanban size={22} aria-hidden />
          {t("shell.pipeline")}
        </Link>
      ) : null}
      <Suspense fallback={more}>{phone ? <PlacesMenu /> : more}</Suspense>
    </nav>
  );
}
