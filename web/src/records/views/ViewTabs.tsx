import { Globe, Plus, User, Users } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "~/api/session";
import { formatNumber } from "~/lib/format";
import { modelWord, screen } from "~/lib/i18n";
import type { ObjectDef } from "~/metadata/model";
import { useCapability } from "~/metadata/registry";
import type { ViewState } from "~/records/list/search";
import type { SavedView, Views } from "./savedViews";

const ViewDialog = lazy(() => screen(import("./ViewDialog")));
const ViewTools = lazy(() => screen(import("./ViewTools")));
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
              <Suspense>
                <ViewTools view={view} views={views} mayEdit={mayEdit} open={open} onDialog={setDialog} />
              </Suspense>
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
