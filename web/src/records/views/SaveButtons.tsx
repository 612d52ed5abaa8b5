import { ChevronDown } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { screen } from "~/lib/i18n";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import type { ObjectDef } from "~/metadata/model";
import type { ViewState } from "~/records/list/search";
import { Button } from "~/ui/Button";
import { MenuButton } from "~/ui/Menu";
import { showToast } from "~/ui/Toasts";
import { recordOf, type SavedView, type Views } from "./savedViews";
import { useMayEdit } from "./ViewTabs";

const ViewDialog = lazy(() => screen(import("./ViewDialog")));

/** Shown while the list differs from its view: back to it, into it, or into one of its own. */
export function SaveButtons({ object, views, current, state, onReset, onSaved }: { object: ObjectDef; views: Views; current: SavedView | undefined; state: ViewState; onReset: () => void; onSaved: (view: SavedView) => void }) {
  const { t } = useTranslation();
  const mayEdit = useMayEdit();
  const [naming, setNaming] = useState(false);
  const [busy, setBusy] = useState(false);
  const own = current && mayEdit(current) ? current : undefined;
  const save = async () => {
    if (!own) return setNaming(true);
    setBusy(true);
    try {
      const saved = await views.update(own, recordOf(state));
      onSaved(saved);
      showToast({ text: t("view.saved", { what: own.name }), undo: async () => void (await views.update(saved, recordOf(own.state))) });
    } catch (error) {
      const problem = asApiError(error);
      showToast({ text: problem.status === 412 ? t("view.stale", { what: own.name }) : problem.errors[0]?.detail || problem.detail || t(problem.isOffline ? "state.error.offline" : "state.error.server"), failed: true });
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button small look="quiet" onClick={onReset}>
        {t("view.reset")}
      </Button>
      <span className="split">
        <Button small busy={busy} onClick={() => void save()}>
          {t("view.save")}
        </Button>
        {own ? (
          <MenuButton label={t("view.saveMore")} buttonClass="btn sm ic" groups={[{ items: [{ id: "as", label: t("view.saveAs"), onAction: () => setNaming(true) }] }]}>
            <ChevronDown size={14} aria-hidden />
          </MenuButton>
        ) : null}
      </span>
      <Suspense>{naming ? <ViewDialog object={object} views={views} state={state} subject={{ kind: "new" }} onClose={() => setNaming(false)} onSaved={(view) => (setNaming(false), onSaved(view))} /> : null}</Suspense>
    </>
  );
}
