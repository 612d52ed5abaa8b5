import { CalendarDays, Database, DatabaseBackup, Keyboard, Languages, LogOut, Monitor, Moon, PanelLeft, Rows3, Rows4, Settings, ShieldCheck, Sun, TrendingUp, Upload, Users, type LucideIcon } from "lucide-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { changeLanguage, LANGUAGES } from "~/lib/i18n";
import { setPreferences, usePreferences } from "~/lib/preferences";
import { useCan, useCapability } from "~/metadata/registry";
import { useShell } from "~/records/shellContext";
import { useLeave } from "./useLeave";

export interface Command {
  id: string;
  label: string;
  Icon: LucideIcon;
  /** Where it leads, or what it does. */
  kind: "place" | "action";
  run: () => void;
}

/** What can be reached or done that is no record and no list of records. */
export function useCommands(): Command[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { theme, density, language, rail } = usePreferences();
  const { openShortcuts } = useShell();
  const leave = useLeave();
  const readsDeals = useCan("opportunity").read;
  const mayImport = useCapability("import");
  const mayDefine = useCapability("define");
  const mayManage = useCapability("manage_users");
  const managesRoles = useCapability("manage_roles");
  const readsConfiguration = useCapability("read_configuration");
  const configures = useCapability("configure");
  const place = (id: string, label: string, Icon: LucideIcon, to: "/my-day" | "/calendar" | "/sales/forecast" | "/imports" | "/admin/users" | "/admin/roles" | "/admin/objects" | "/admin/backups" | "/settings"): Command => ({ id, label, Icon, kind: "place", run: () => void navigate({ to }) });
  const action = (id: string, label: string, Icon: LucideIcon, run: () => void): Command => ({ id, label, Icon, kind: "action", run });
  const named = (group: string, choice: string) => `${t(group)}: ${t(choice)}`;
  return [
    place("my-day", t("myday.title"), Sun, "/my-day"),
    place("calendar", t("calendar.title"), CalendarDays, "/calendar"),
    ...(readsDeals ? [place("forecast", t("shell.forecast"), TrendingUp, "/sales/forecast")] : []),
    ...(mayImport ? [place("imports", t("import.title"), Upload, "/imports")] : []),
    ...(managesRoles || readsConfiguration ? [place("roles", t("admin.roles"), ShieldCheck, "/admin/roles")] : []),
    ...(mayManage ? [place("users", t("admin.users"), Users, "/admin/users")] : []),
    ...(mayDefine ? [place("objects", t("admin.objects"), Database, "/admin/objects")] : []),
    ...(configures || readsConfiguration ? [place("backups", t("backups.title"), DatabaseBackup, "/admin/backups")] : []),
    place("settings", t("settings.title"), Settings, "/settings"),
    action("keys", t("keys.title"), Keyboard, openShortcuts),
    ...(theme === "light" ? [] : [action("light", named("prefs.theme", "prefs.light"), Sun, () => setPreferences({ theme: "light" }))]),
    ...(theme === "dark" ? [] : [action("dark", named("prefs.theme", "prefs.dark"), Moon, () => setPreferences({ theme: "dark" }))]),
    ...(theme === "system" ? [] : [action("system", named("prefs.theme", "prefs.system"), Monitor, () => setPreferences({ theme: "system" }))]),
    density === "compact" ? action("comfortable", named("prefs.density", "prefs.comfortable"), Rows3, () => setPreferences({ density: "comfortable" })) : action("compact", named("prefs.density", "prefs.compact"), Rows4, () => setPreferences({ density: "compact" })),
    ...LANGUAGES.filter(({ value }) => value !== language).map(({ value, label }) =>
      action(`language-${value}`, `${t("prefs.language")}: ${label}`, Languages, () => {
        setPreferences({ language: value });
        void changeLanguage(value);
      }),
    ),
    action("rail", t(rail ? "shell.expand" : "shell.collapse"), PanelLeft, () => setPreferences({ rail: !rail })),
    action("out", t("auth.signOut"), LogOut, () => void leave()),
  ];
}
