import { ArrowLeft, ArrowRight, Copy, Ellipsis, Globe, Pencil, Plus, Trash2, User, Users } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { sessionQuery } from "~/api/session";
import { formatNumber } from "~/lib/format";
import { modelWord, screen } from "~/lib/i18n";
import type { ObjectDef } from "~/metadata/model";
import { useCapability } from "~/metadata/registry";
import type { ViewState } from "~/records/list/search";
import { MenuButton } from "~/ui/Menu";
import { showToast } from "~/ui/Toasts";
import type { SavedView, Views } from "./savedViews";

const ViewDialog = lazy(() => screen(import("./ViewDialog")));
const MARKS = { private: User, team: Users, everybody: Globe };

export interface ViewTabsProps {
  object: ObjectDef;
  views: Views;
  current: SavedView | undefined;
  state: ViewState;
  /** Records in the current view, once known. */
  count: number | undefined;
  atLeast?: boolean;
}

export type DialogFor = { kind: "new" } | { kind: "edit"; view: SavedView } | null;

/** Saved views above a list: the reader's own, their team's and everybody's. */
export function ViewTabs({ object, views, current, state, count, atLeast }: ViewTabsProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<DialogFor>(null);
  const nav = useRef<HTMLElement>(null);
  const mayEdit = useMayEdit();
  const open = (id: string | undefined) => void navigate({ to: "/$object", params: { object: object.name }, search: { saved: id } });
  const hasStandard = views.views.some((view) => view.standard);
  useEffect(() => {
    nav.current?.querySelector("[aria-current=page]")?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [current?.id]);
  const counted = count === undefined ? null : <span className="cnt">{atLeast ? `${formatNumber(count)}+` : formatNumber(count)}</span>;

  const failed = (error: unknown) => showToast({ text: asApiError(error).errors[0]?.detail || asApiError(error).detail || t("state.error.server"), failed: true });
  const remove = async (view: SavedView) => {
    try {
      await views.archive(view);
      open(undefined);
      showToast({ text: t("view.deleted", { what: view.name }), undo: () => views.restore(view).then(() => open(view.id)) });
    } catch (error) {
      failed(error);
    }
  };
  /** Views a person may change get new positions; others keep theirs. */
  const move = async (view: SavedView, by: number) => {
    const order = views.views.filter((one) => mayEdit(one));
    const at = order.findIndex((one) => one.id === view.id);
    const other = order[at + by];
    if (!other) return;
    const next = [...order];
    next.splice(at, 1);
    next.splice(at + by, 0, view);
    try {
      for (const [index, one] of next.entries()) if (one.position !== index + 1) await views.update(one, { position: index + 1 });
    } catch (error) {
      failed(error);
    }
  };
  const menu = (view: SavedView) => {
    const order = views.views.filter((one) => mayEdit(one));
    const at = order.findIndex((one) => one.id === view.id);
    return [
      {
        items: [
          ...(mayEdit(view) ? [{ id: "edit", label: t("view.edit"), icon: <Pencil size={16} />, onAction: () => setDialog({ kind: "edit", view }) }] : []),
          { id: "copy", label: t("view.saveAs"), icon: <Copy size={16} />, onAction: () => setDialog({ kind: "new" }) },
        ],
      },
      {
        items: mayEdit(view)
          ? [
              { id: "left", label: t("view.moveLeft"), icon: <ArrowLeft size={16} className="rtl-flip" />, disabled: at === 0, onAction: () => void move(view, -1) },
              { id: "right", label: t("view.moveRight"), icon: <ArrowRight size={16} className="rtl-flip" />, disabled: at === order.length - 1, onAction: () => void move(view, 1) },
            ]
          : [],
      },
      { items: mayEdit(view) ? [{ id: "delete", label: t("view.delete"), icon: <Trash2 size={16} />, danger: true, onAction: () => void remove(view) }] : [] },
    ];
  };

  return (
    <nav ref={nav} className="tabs" aria-label={t("view.tabs")}>
      <TabLink object={object.name} saved={hasStandard ? "all" : undefined} on={!current}>
        {t("view.all", { what: modelWord(object.plural_label) })}
        {current ? null : counted}
      </TabLink>
      {views.views.map((view) => {
        const Mark = MARKS[view.shared];
        const on = current?.id === view.id;
        return (
          <span key={view.id} className="flex flex-none items-center">
            <TabLink object={object.name} saved={view.id} on={on} title={`${view.name}: ${t(`view.for.${view.shared}`)}`}>
              <Mark size={14} aria-hidden />
              <span className="max-w-48 truncate" dir="auto">
                {view.name}
              </span>
              <span className="sr-only">, {t(`view.for.${view.shared}`)}</span>
              {on ? counted : null}
            </TabLink>
            {on ? (
              <MenuButton label={t("view.menu", { what: view.name })} buttonClass="btn gho sm ic -ms-1" groups={menu(view)} placement="bottom start">
                <Ellipsis size={16} aria-hidden />
              </MenuButton>
            ) : null}
          </span>
        );
      })}
      <button type="button" className="btn gho sm ic self-center" aria-label={t("view.new")} title={t("view.new")} onClick={() => setDialog({ kind: "new" })}>
        <Plus size={16} aria-hidden />
      </button>
      <Suspense>{dialog ? <ViewDialog object={object} views={views} state={state} subject={dialog} onClose={() => setDialog(null)} onSaved={(view) => (setDialog(null), open(view.id))} /> : null}</Suspense>
    </nav>
  );
}

/** The router's own link calls every tab of one list the current page, whatever view it opens. */
function TabLink({ object, saved, on, title, children }: { object: string; saved: string | undefined; on: boolean; title?: string; children: ReactNode }) {
  const router = useRouter();
  const to = { to: "/$object", params: { object }, search: { saved } } as const;
  return (
    <a
      href={router.buildLocation(to).href}
      className="tab h-full"
      aria-current={on ? "page" : undefined}
      title={title}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        void router.navigate(to);
      }}
    >
      {children}
    </a>
  );
}

/** Who may change a view: its owner, and who configures the workspace. The server decides; this leaves out what it would refuse. */
export function useMayEdit(): (view: SavedView) => boolean {
  const me = useQuery(sessionQuery).data?.user.id;
  const configures = useCapability("configure");
  return (view) => view.owner === me || configures;
}
