import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Kanban, Plus, Table2, Upload } from "lucide-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { modelLabel, modelWord } from "~/lib/i18n";
import { useKeys } from "~/lib/keyboard";
import { objectsQuery, useCan, useCapability, useObject } from "~/metadata/registry";
import { fieldOf, singleTarget, type ObjectDef } from "~/metadata/model";
import { Button } from "~/ui/Button";
import { ErrorState, ForbiddenState, EmptyState } from "~/ui/States";
import { useShell } from "~/records/shellContext";
import { FilterBar } from "~/records/filter/FilterBar";
import { ColumnsButton } from "./ColumnsButton";
import { ExportButton } from "./ExportButton";
import { ListView } from "./ListView";
import { columnsOf, columnsText, type ListSearch } from "./search";

const Board = lazy(() => import("~/records/board/Board"));

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

/** A board needs a reference to a stage that has a position and a kind. */
export function hasBoard(object: ObjectDef): boolean {
  const stage = fieldOf(object, "stage");
  return stage !== undefined && singleTarget(stage) === "stage";
}

function ObjectList({ object }: { object: ObjectDef }) {
  const { t } = useTranslation();
  const search = useSearch({ strict: false }) as ListSearch;
  const navigate = useNavigate();
  const can = useCan(object.name);
  const mayImport = useCapability("import");
  const { create } = useShell();
  const change = (next: Partial<ListSearch>) => void navigate({ to: "/$object", params: { object: object.name }, search: { ...search, ...next }, replace: true });
  const board = hasBoard(object);
  const asBoard = board && search.view === "board";
  useKeys({ c: () => create(object.name) }, can.create);
  const label = modelWord(object.label);
  return (
    <>
      <header className="top">
        <h1 title={object.description}>{modelLabel(object.plural_label)}</h1>
        <span className="ms-auto flex items-center gap-2">
          {board ? (
            <span className="seg" role="group" aria-label={t("list.view")}>
              <button type="button" aria-label={t("list.table")} aria-pressed={!asBoard} onClick={() => change({ view: undefined })}>
                <Table2 size={14} aria-hidden />
                <span className="no-phone">{t("list.table")}</span>
              </button>
              <button type="button" aria-label={t("list.board")} aria-pressed={asBoard} onClick={() => change({ view: "board" })}>
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
          <div className="bar" role="toolbar" aria-label={t("list.tools")}>
            <FilterBar object={object} value={search.filter} onChange={(filter) => change({ filter })} archived={search.archived} onArchived={(archived) => change({ archived })} />
            <span className="no-phone ms-auto flex shrink-0 items-center gap-1">
              {asBoard ? null : <ColumnsButton object={object} columns={columnsOf(object, search.columns)} onChange={(columns) => change({ columns: columnsText(object, columns) })} />}
              {can.export ? <ExportButton object={object} search={search} /> : null}
            </span>
          </div>
          {asBoard ? (
            <Suspense fallback={<div className="flex-1 bg-bg" />}>
              <Board object={object} filter={search.filter} />
            </Suspense>
          ) : (
            <ListView object={object} search={search} onChange={change} />
          )}
        </>
      ) : (
        <ForbiddenState />
      )}
    </>
  );
}
