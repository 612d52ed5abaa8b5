import { Kanban, Menu as MenuIcon, Plus, Search, TrendingUp, Users } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { rightsQuery } from "~/api/session";
import { modelLabel } from "~/lib/i18n";
import { useObjects } from "~/metadata/registry";
import { useShell } from "~/records/shellContext";
import { iconNamed } from "~/ui/icons";
import { MenuButton } from "~/ui/Menu";
import { otherPlaces, placesOf } from "./places";
import { useUserMenu } from "./UserMenu";

/** Below 640 px: the four places of the day and "create" in the middle. */
export function PhoneBar() {
  const { t } = useTranslation();
  const { openPalette, create } = useShell();
  const navigate = useNavigate();
  const objects = useObjects();
  const rights = useQuery(rightsQuery).data;
  const current = useParams({ strict: false }).object;
  const board = useSearch({ strict: false }) as { view?: string };
  const userMenu = useUserMenu();
  const mayRead = (name: string) => rights?.objects[name]?.read !== false;
  const places = [...placesOf(objects, mayRead).flatMap((group) => group.objects), ...otherPlaces(objects, mayRead)];
  const go = places.map((object) => {
    const Icon = iconNamed(object.icon);
    return { id: `go-${object.name}`, label: modelLabel(object.plural_label), icon: <Icon size={16} />, onAction: () => void navigate({ to: "/$object", params: { object: object.name } }) };
  });
  if (mayRead("opportunity")) go.push({ id: "forecast", label: t("shell.forecast"), icon: <TrendingUp size={16} />, onAction: () => void navigate({ to: "/sales/forecast" }) });
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
      <MenuButton label={t("shell.more")} buttonClass="" groups={[{ items: go }, ...userMenu]} showLabel>
        <MenuIcon size={22} aria-hidden />
        {t("shell.more")}
      </MenuButton>
    </nav>
  );
}
