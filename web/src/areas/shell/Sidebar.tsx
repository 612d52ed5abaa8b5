import { CalendarDays, CopyCheck, Database, DatabaseBackup, PanelLeft, ScrollText, Search, Settings, Shapes, ShieldCheck, Sun, TrendingUp, Upload, Users } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { rightsQuery } from "~/api/session";
import type { Session } from "~/api/types";
import { modelLabel, screen } from "~/lib/i18n";
import { usePhone } from "~/lib/media";
import { setPreferences } from "~/lib/preferences";
import type { ObjectDef } from "~/metadata/model";
import { useCan, useCapability, useObjects } from "~/metadata/registry";
import { useShell } from "~/records/shellContext";
import { IconButton } from "~/ui/Button";
import { iconNamed } from "~/ui/icons";
import { Glyph, Wordmark } from "~/ui/Logo";
import { MenuButton } from "~/ui/Menu";
import { otherPlaces, placesOf } from "./places";
import { useRail } from "./rail";
import { UserMenu } from "./UserMenu";
import { useNavigate } from "@tanstack/react-router";

const FavouritesNav = lazy(() => screen(import("~/records/favourites/FavouritesNav")));

export function Sidebar({ session }: { session: Session }) {
  const { t } = useTranslation();
  const rail = useRail();
  const phone = usePhone();
  const { openPalette } = useShell();
  const objects = useObjects();
  const rights = useQuery(rightsQuery).data;
  const mayRead = (name: string) => rights?.objects[name]?.read !== false;
  return (
    <aside className="side" aria-label={t("shell.sidebar")}>
      <div className="brand">
        {rail ? null : (
          <>
            <Glyph />
            <Wordmark />
          </>
        )}
        <IconButton className={rail ? "" : "ms-auto"} label={t(rail ? "shell.expand" : "shell.collapse")} onClick={() => setPreferences({ rail: !rail })}>
          <PanelLeft size={16} />
        </IconButton>
      </div>
      <button type="button" className="find" onClick={openPalette} aria-label={rail ? t("shell.find") : undefined} title={t("shell.find")}>
        <Search size={14} aria-hidden />
        <span className="truncate">{t("shell.find")}</span>
        <span className="ms-auto flex gap-0.5" aria-hidden>
          <kbd className="kbd">Ctrl</kbd>
          <kbd className="kbd">K</kbd>
        </span>
      </button>
      <nav aria-label={t("shell.areas")}>
        <Link to="/my-day" className="nav" activeProps={{ "aria-current": "page" }} title={t("myday.title")}>
          <Sun size={16} aria-hidden />
          <span className="truncate">{t("myday.title")}</span>
        </Link>
        <Link to="/calendar" className="nav" activeProps={{ "aria-current": "page" }} title={t("calendar.title")}>
          <CalendarDays size={16} aria-hidden />
          <span className="truncate">{t("calendar.title")}</span>
        </Link>
        <Suspense>{phone ? null : <FavouritesNav />}</Suspense>
        {placesOf(objects, mayRead).map((group) => (
          <div key={group.area} role="group" aria-labelledby={`area-${group.area}`}>
            <div className="grp" id={`area-${group.area}`}>
              <span>{t(`area.${group.area}`)}</span>
            </div>
            {group.objects.map((object) => (
              <Place key={object.name} object={object} />
            ))}
            {group.area === "sales" && mayRead("opportunity") ? (
              <Link to="/sales/forecast" className="nav" activeProps={{ "aria-current": "page" }} title={t("shell.forecast")}>
                <TrendingUp size={16} aria-hidden />
                <span className="truncate">{t("shell.forecast")}</span>
              </Link>
            ) : null}
          </div>
        ))}
        <MoreObjects objects={otherPlaces(objects, mayRead)} />
        <Tools />
      </nav>
      <UserMenu session={session} />
    </aside>
  );
}

function Place({ object }: { object: ObjectDef }) {
  const current = useParams({ strict: false }).object === object.name;
  const Icon = iconNamed(object.icon);
  const label = modelLabel(object.plural_label);
  return (
    <Link to="/$object" params={{ object: object.name }} className="nav" aria-current={current ? "page" : undefined} title={label}>
      <Icon size={16} aria-hidden />
      <span className="truncate">{label}</span>
    </Link>
  );
}

function MoreObjects({ objects }: { objects: ObjectDef[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  if (objects.length === 0) return null;
  const items = objects.map((object) => {
    const Icon = iconNamed(object.icon);
    return { id: object.name, label: modelLabel(object.plural_label), icon: <Icon size={16} />, onAction: () => void navigate({ to: "/$object", params: { object: object.name } }) };
  });
  return (
    <div className="pt-2">
      <MenuButton label={t("shell.allObjects")} buttonClass="nav" groups={[{ items }]} placement="bottom start" showLabel>
        <Shapes size={16} aria-hidden />
        <span>{t("shell.allObjects")}</span>
      </MenuButton>
    </div>
  );
}

function Tools() {
  const { t } = useTranslation();
  const mayImport = useCapability("import");
  const mayMerge = useCan("contact").delete;
  const inDuplicates = useParams({ strict: false }).matched !== undefined;
  const mayDefine = useCapability("define");
  const mayManage = useCapability("manage_users");
  const managesRoles = useCapability("manage_roles");
  const readsConfiguration = useCapability("read_configuration");
  const readsLog = useCapability("read_log");
  const configures = useCapability("configure");
  const tools = [
    ...(mayImport ? [{ to: "/imports" as const, label: t("import.title"), icon: <Upload size={16} aria-hidden /> }] : []),
    ...(mayManage ? [{ to: "/admin/users" as const, label: t("admin.users"), icon: <Users size={16} aria-hidden /> }] : []),
    ...(managesRoles || readsConfiguration ? [{ to: "/admin/roles" as const, label: t("admin.roles"), icon: <ShieldCheck size={16} aria-hidden /> }] : []),
    ...(mayDefine ? [{ to: "/admin/objects" as const, label: t("admin.objects"), icon: <Database size={16} aria-hidden /> }] : []),
    ...(readsLog ? [{ to: "/admin/log" as const, label: t("shell.log"), icon: <ScrollText size={16} aria-hidden /> }] : []),
    ...(configures || readsConfiguration ? [{ to: "/admin/backups" as const, label: t("backups.title"), icon: <DatabaseBackup size={16} aria-hidden /> }] : []),
    { to: "/settings" as const, label: t("settings.title"), icon: <Settings size={16} aria-hidden /> },
  ];
  return (
    <div role="group" aria-labelledby="area-tools">
      <div className="grp" id="area-tools">
        <span>{t("area.tools")}</span>
      </div>
      {tools.map((tool) => (
        <Link key={tool.to} to={tool.to} className="nav" title={tool.label}>
          {tool.icon}
          <span>{tool.label}</span>
        </Link>
      ))}
      {mayMerge ? (
        <Link to="/duplicates/$matched" params={{ matched: "contact" }} className="nav" aria-current={inDuplicates ? "page" : undefined} title={t("shell.duplicates")}>
          <CopyCheck size={16} aria-hidden />
          <span>{t("shell.duplicates")}</span>
        </Link>
      ) : null}
    </div>
  );
}
