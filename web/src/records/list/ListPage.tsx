import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Kanban, Plus, Table2, Upload } from "lucide-react";
import { lazy, Suspense, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { modelLabel, modelWord, screen } from "~/lib/i18n";
import { useKeys } from "~/lib/keyboard";
import { objectsQuery, useCan, useCapability, useObject } from "~/metadata/registry";
import type { ObjectDef } from "~/metadata/model";
import { Button } from "~/ui/Button";
import { ErrorState, ForbiddenState, EmptyState } from "~/ui/States";
import { useShell } from "~/records/shellContext";
import { FilterBar } from "~/records/filter/FilterBar";
import { chosenView, useViews } from "~/records/views/savedViews";
import { ViewTabs } from "~/records/views/ViewTabs";
import { ExportButton } from "./ExportButton";
import { ListView } from "./ListView";
import { differenceOf, isChanged, resolveView, type ListSearch, type ViewState } from "./search";
import { hasBoard } from "./stageField";

const SaveButtons = lazy(() => screen(import("~/records/views/SaveButtons")).then((module) => ({ default: module.SaveButtons })));
const ListTools = lazy(() => screen(import("./ListTools")));
const Board = lazy(() => screen(import("~/records/board/Board")));

export function ListPage() {
  const { t } = useTranslation();
  const { object: name } = useParams({ strict: false });
  const objects = useQuery(objectsQuery);
  const object = useObject(name);
  if (objects.isError) return <ErrorState page error={asApiError(objects.error)} title={t("state.error.list")} retry={() => void objects.refetch()} />;
  if (objects.isPending) return null;
  if (!object) return <EmptyState page icon={<Table2 size={20} />} title={t("state.noObject.title")} text={t("state.noObject.text")} />;
  return <ObjectList key={object.name} object={object} />;
}

function ObjectList({ object }: { object: ObjectDef }) {
  const { t } = useTranslation();
  const search = useSearch({ strict: false }) as ListSearch;
  const navigate = useNavigate();
  const can = useCan(object.name);
  const mayImport = useCapability("import");
  const { create } = useShell();
  const views = useViews(object.name);
  const saved = chosenView(views.views, search);
  const state = resolveView(search, saved?.state);
  const [adding, setAdding] = useState(false);
  const [count, setCount] = useState<{ total?: number; atLeast: boolean }>({ atLeast: false });
  const report = useCallback((total: number | undefined, atLeast: boolean) => setCount({ total, atLeast }), []);
  const go = (next: ListSearch) => void navigate({ to: "/$object", params: { object: object.name }, search: next, replace: true });
  const change = (next: Partial<ViewState>) => go({ saved: search.saved, peek: search.peek, ...differenceOf({ ...state, ...next }, saved?.state) });
  const peek = (id: string | undefined) => go({ ...search, peek: id });
  const board = hasBoard(object);
  const kind = state.kind === "board" && board ? "board" : "table";
  useKeys({ c: () => create(object.name) }, can.create);
  useKeys({ f: (event) => (event.preventDefault(), setAdding(true)) }, can.read);
  const label = modelWord(object.label);
  return (
    <>
      <header className="top">
        <h1 title={object.description}>{modelLabel(object.plural_label)}</h1>
        <span className="ms-auto flex items-center gap-2">
          {board ? (
            <span className="seg" role="group" aria-label={t("list.view")}>
              <button type="button" aria-label={t("list.table")} aria-pressed={kind === "table"} onClick={() => change({ kind: "table" })}>
                <Table2 size={14} aria-hidden />
                <span className="no-phone">{t("list.table")}</span>
              </button>
              <button type="button" aria-label={t("list.board")} aria-pressed={kind === "board"} onClick={() => change({ kind: "board" })}>
                <Kanban size={14} aria-hidden />
                <span className="no-phone">{t("list.board")}</span>
              </button>
            </span>
          ) : null}
          {mayImport && can.create ? (
            <Button small className="no-phone" icon={<Upload size={16} />} onClick={() => void navigate({ to: "/imports", search: { object: object.name } })}>
              {t("import.action")}
            </Button>
          ) : null}
          {can.create ? (
            <Button small look="primary" icon={<Plus size={16} />} onClick={() => create(object.name)} title={`${t("action.new", { what: label })} (C)`}>
              <span className="no-phone">{t("action.new", { what: label })}</span>
              <span className="only-phone">{t("action.newShort")}</span>
            </Button>
          ) : null}
        </span>
      </header>
      {can.read ? (
        <>
          <ViewTabs object={object} views={views} current={saved} state={state} count={kind === "table" ? count.total : undefined} atLeast={count.atLeast} />
          <div className="bar" role="toolbar" aria-label={t("list.tools")}>
            <FilterBar object={object} value={state.filter} onChange={(filter) => change({ filter })} archived={state.archived} onArchived={(archived) => change({ archived })} adding={adding} onAdding={setAdding} />
            <span className="no-phone bar-end">
              {kind === "table" ? (
                <Suspense>
                  <ListTools object={object} state={state} onChange={change} />
                </Suspense>
              ) : null}
              {can.export ? <ExportButton object={object} state={state} /> : null}
              {isChanged(state, saved?.state) ? (
                <Suspense>
                  <span className="bar-sep" />
                  <SaveButtons object={object} views={views} current={saved} state={state} onReset={() => go({ saved: search.saved, peek: search.peek })} onSaved={(view) => go({ saved: view.id, peek: search.peek })} />
                </Suspense>
              ) : null}
            </span>
          </div>
          {views.pending ? (
            <div className="flex-1" aria-busy />
          ) : kind === "board" ? (
            <Suspense fallback={<div className="flex-1 bg-bg" />}>
              <Board object={object} filter={state.filter} peek={search.peek} onPeek={peek} />
            </Suspense>
          ) : (
            <ListView object={object} state={state} peek={search.peek} onChange={change} onPeek={peek} onCount={report} />
          )}
        </>
      ) : (
        <ForbiddenState />
      )}
    </>
  );
}
