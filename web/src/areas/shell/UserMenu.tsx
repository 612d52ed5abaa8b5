import { ChevronsUpDown, Keyboard, Languages, LogOut, Monitor, Moon, Rows3, Rows4, Settings, Sun } from "lucide-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Session } from "~/api/types";
import { changeLanguage, LANGUAGES } from "~/lib/i18n";
import { setPreferences, usePreferences } from "~/lib/preferences";
import { useShell } from "~/records/shellContext";
import { useRail } from "./rail";
import { useLeave } from "./useLeave";
import { Avatar } from "~/ui/Avatar";
import { MenuButton, type MenuGroup } from "~/ui/Menu";

export function useUserMenu(): MenuGroup[] {
  const { t } = useTranslation();
  const { theme, density, language } = usePreferences();
  const navigate = useNavigate();
  const { openShortcuts } = useShell();
  const leave = useLeave();
  const mark = (on: boolean) => (on ? "✓" : undefined);
  return [
    {
      title: t("prefs.theme"),
      items: [
        { id: "system", label: t("prefs.system"), icon: <Monitor size={16} />, hint: mark(theme === "system"), onAction: () => setPreferences({ theme: "system" }) },
        { id: "light", label: t("prefs.light"), icon: <Sun size={16} />, hint: mark(theme === "light"), onAction: () => setPreferences({ theme: "light" }) },
        { id: "dark", label: t("prefs.dark"), icon: <Moon size={16} />, hint: mark(theme === "dark"), onAction: () => setPreferences({ theme: "dark" }) },
      ],
    },
    {
      title: t("prefs.density"),
      items: [
        { id: "comfortable", label: t("prefs.comfortable"), icon: <Rows3 size={16} />, hint: mark(density === "comfortable"), onAction: () => setPreferences({ density: "comfortable" }) },
        { id: "compact", label: t("prefs.compact"), icon: <Rows4 size={16} />, hint: mark(density === "compact"), onAction: () => setPreferences({ density: "compact" }) },
      ],
    },
    {
      title: t("prefs.language"),
      items: LANGUAGES.map(({ value, label }) => ({
        id: value,
        label,
        icon: <Languages size={16} />,
        hint: mark(language === value),
        onAction: () => {
          setPreferences({ language: value });
          void changeLanguage(value);
        },
      })),
    },
    {
      items: [
        { id: "keys", label: t("keys.title"), icon: <Keyboard size={16} />, hint: "?", onAction: openShortcuts },
        { id: "settings", label: t("settings.title"), icon: <Settings size={16} />, onAction: () => void navigate({ to: "/settings" }) },
        { id: "out", label: t("auth.signOut"), icon: <LogOut size={16} />, onAction: () => void leave() },
      ],
    },
  ];
}

export function UserMenu({ session }: { session: Session }) {
  const rail = useRail();
  const groups = useUserMenu();
  return (
    <MenuButton label={`${session.user.name} ${session.workspace.name}`} buttonClass="me" groups={groups} placement="top start" showLabel={!rail}>
      <Avatar id={session.user.id} name={session.user.name} size="m" />
      <span className="min-w-0 flex-1">
        <span className="block truncate leading-4 font-medium">{session.user.name}</span>
        <span className="block truncate text-12 text-text-3">{session.workspace.name}</span>
      </span>
      <ChevronsUpDown size={14} className="text-text-3" aria-hidden />
    </MenuButton>
  );
}
