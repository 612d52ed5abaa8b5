import { useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { setPreferences, usePreferences } from "~/lib/preferences";
import { Switch } from "~/ui/Checkbox";
import { Dialog } from "~/ui/Dialog";

type Keys = [text: string, keys: string[]][];
const EVERYWHERE: Keys = [["keys.palette", ["Ctrl", "K"]], ["keys.search", ["/"]], ["keys.sheet", ["?"]], ["keys.leave", ["Esc"]], ["keys.favourites", ["Alt", "↑", "↓"]]];
/** What the screen that is open understands beside that. */
const SCREENS: Record<string, Keys> = {
  list: [["keys.new", ["C"]], ["keys.filter", ["F"]], ["keys.move", ["J", "K"]], ["keys.beside", ["Space"]], ["keys.open", ["Enter"]], ["keys.select", ["X"]], ["keys.selectMore", ["Shift", "↓"]], ["keys.cells", ["←", "→"]], ["keys.edit", ["F2"]], ["keys.all", ["Ctrl", "A"]]],
  board: [["keys.new", ["C"]], ["keys.filter", ["F"]], ["keys.cards", ["←", "↑", "↓", "→"]], ["keys.beside", ["Space"]], ["keys.open", ["Enter"]], ["keys.card", ["M"]]],
  record: [["keys.note", ["N"]], ["keys.call", ["L"]], ["keys.meeting", ["M"]], ["keys.task", ["T"]], ["keys.step", ["J", "K"]]],
};

/** Which of them it is, by its address. */
function useScreen(): string | null {
  const { object, id } = useParams({ strict: false }) as { object?: string; id?: string };
  const { view } = useSearch({ strict: false }) as { view?: string };
  return !object ? null : id ? "record" : view === "board" ? "board" : "list";
}

export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { singleKeys } = usePreferences();
  const screen = useScreen();
  const groups: [string, Keys][] = [...(screen ? [[t(`keys.on.${screen}`), SCREENS[screen] ?? []] as [string, Keys]] : []), [t("keys.everywhere"), EVERYWHERE]];
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      {groups.map(([title, lines]) => (
        <section key={title} className="mb-4 last-of-type:mb-0" aria-label={title}>
          <h3 className="mb-1 text-12 font-medium text-text-3">{title}</h3>
          <dl className="grid grid-cols-[1fr_auto] gap-y-2">
            {lines.map(([text, keys]) => (
              <div key={text} className="contents">
                <dt className="text-text-2">{t(text)}</dt>
                <dd className="flex justify-end gap-1">
                  {keys.map((key) => (
                    <kbd key={key} className="kbd">
                      {key}
                    </kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <div className="mt-4 flex items-center gap-3 border-t border-line pt-4">
        <Switch on={singleKeys} onChange={(on) => setPreferences({ singleKeys: on })} label={t("keys.single")} />
        <span className="text-text-2">{t("keys.single")}</span>
      </div>
    </Dialog>
  );
}
