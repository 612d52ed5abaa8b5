import { useTranslation } from "react-i18next";
import { setPreferences, usePreferences } from "~/lib/preferences";
import { Switch } from "~/ui/Checkbox";
import { Dialog } from "~/ui/Dialog";

const KEYS: [string, string[]][] = [
  ["keys.palette", ["Ctrl", "K"]],
  ["keys.search", ["/"]],
  ["keys.sheet", ["?"]],
  ["keys.new", ["C"]],
  ["keys.move", ["J", "K"]],
  ["keys.open", ["Enter"]],
  ["keys.select", ["X"]],
  ["keys.leave", ["Esc"]],
  ["keys.note", ["N"]],
  ["keys.call", ["L"]],
  ["keys.task", ["T"]],
  ["keys.card", ["M"]],
];

export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { singleKeys } = usePreferences();
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl className="grid grid-cols-[1fr_auto] gap-y-2">
        {KEYS.map(([text, keys]) => (
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
      <div className="mt-4 flex items-center gap-3 border-t border-line pt-4">
        <Switch on={singleKeys} onChange={(on) => setPreferences({ singleKeys: on })} label={t("keys.single")} />
        <span className="text-text-2">{t("keys.single")}</span>
      </div>
    </Dialog>
  );
}
