import { ArrowLeft, ArrowRight, Copy, Ellipsis, Pencil, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import Star from "~/records/favourites/Star";
import { MenuButton } from "~/ui/Menu";
import { showToast } from "~/ui/Toasts";
import type { SavedView, Views } from "./savedViews";
import type { DialogFor } from "./ViewTabs";

/** What one does with the view that is open. */
export default function ViewTools({ view, views, mayEdit, open, onDialog }: { view: SavedView; views: Views; mayEdit: (view: SavedView) => boolean; open: (id: string | undefined) => void; onDialog: (dialog: DialogFor) => void }) {
  const { t } = useTranslation();
  const failed = (error: unknown) => showToast({ text: asApiError(error).errors[0]?.detail || asApiError(error).detail || t("state.error.server"), failed: true });
  const order = views.views.filter((one) => mayEdit(one));
  const at = order.findIndex((one) => one.id === view.id);
  const remove = async () => {
    try {
      await views.archive(view);
      open(undefined);
      showToast({ text: t("view.deleted", { what: view.name }), undo: () => views.restore(view).then(() => open(view.id)) });
    } catch (error) {
      failed(error);
    }
  };
  /** Views a person may change get new positions; others keep theirs. */
  const move = async (by: number) => {
    if (!order[at + by]) return;
    const next = [...order];
    next.splice(at, 1);
    next.splice(at + by, 0, view);
    try {
      for (const [index, one] of next.entries()) if (one.position !== index + 1) await views.update(one, { position: index + 1 });
    } catch (error) {
      failed(error);
    }
  };
  const groups = [
    {
      items: [
        ...(mayEdit(view) ? [{ id: "edit", label: t("view.edit"), icon: <Pencil size={16} />, onAction: () => onDialog({ kind: "edit", view }) }] : []),
        { id: "copy", label: t("view.saveAs"), icon: <Copy size={16} />, onAction: () => onDialog({ kind: "new" }) },
      ],
    },
    {
      items: mayEdit(view)
        ? [
            { id: "left", label: t("view.moveLeft"), icon: <ArrowLeft size={16} className="rtl-flip" />, disabled: at === 0, onAction: () => void move(-1) },
            { id: "right", label: t("view.moveRight"), icon: <ArrowRight size={16} className="rtl-flip" />, disabled: at === order.length - 1, onAction: () => void move(1) },
          ]
        : [],
    },
    { items: mayEdit(view) ? [{ id: "delete", label: t("view.delete"), icon: <Trash2 size={16} />, danger: true, onAction: () => void remove() }] : [] },
  ];
  return (
    <>
      <Star target={{ object: "view", id: view.id }} title={view.name} className="-ms-1" />
      <MenuButton label={t("view.menu", { what: view.name })} buttonClass="btn gho sm ic" groups={groups} placement="bottom start">
        <Ellipsis size={16} aria-hidden />
      </MenuButton>
    </>
  );
}
