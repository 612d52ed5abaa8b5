import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FilterX, Plus, Upload } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { aggregateQuery, listQuery } from "~/api/records";
import type { RecordData } from "~/api/types";
import { moneyText } from "~/fields/number";
import { formatNumber, isMoney } from "~/lib/format";
import { modelLabel, modelWord } from "~/lib/i18n";
import { usePhone } from "~/lib/media";
import { fieldOf, typeOf, type ObjectDef } from "~/metadata/model";
import { useCan, useCapability } from "~/metadata/registry";
import { useShell } from "~/records/shellContext";
import { Button } from "~/ui/Button";
import { iconNamed } from "~/ui/icons";
import { EmptyState, ErrorState, useSlow } from "~/ui/States";
import { BulkBar } from "./BulkBar";
import { Cards } from "./Cards";
import { columnsOf, columnsText, listQueryOf, type Column, type ListSearch } from "./search";
import { Table } from "./Table";

export function ListView({ object, search, onChange }: { object: ObjectDef; search: ListSearch; onChange: (next: Partial<ListSearch>) => void }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const navigate = useNavigate();
  const [drag, setDrag] = useState<Column[] | null>(null); // widths while a border is dragged, before they go to the address
  const columns = useMemo(() => drag ?? columnsOf(object, search.columns), [drag, object, search.columns]);
  const names = columns.map((column) => column.name).join(",");
  const query = useMemo(() => listQueryOf(object, search, columnsOf(object, names)), [object, search, names]);
  const list = useInfiniteQuery(listQuery(object.name, query));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<number | null>(null);
  const slow = useSlow(list.isPending);
  const first = list.data?.pages[0];

  const select = (index: number, on: boolean, range: boolean) => {
    const next = new Set(selected);
    const [from, to] = range && anchor.current !== null ? [Math.min(anchor.current, index), Math.max(anchor.current, index)] : [index, index];
    for (const row of rows.slice(from, to + 1)) {
      if (on) next.add(row.id);
      else next.delete(row.id);
    }
    anchor.current = index;
    setSelected(next);
  };
  const open = (record: RecordData) => void navigate({ to: "/$object/$id", params: { object: object.name, id: record.id } });
  const more = () => {
    if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  };

  if (list.isError && rows.length === 0) return <ErrorState error={asApiError(list.error)} title={t("state.error.list")} retry={() => void list.refetch()} />;
  if (list.isSuccess && rows.length === 0) return <NoRows object={object} filtered={search.filter !== undefined || search.archived !== undefined} clear={() => onChange({ filter: undefined, archived: undefined })} />;
  return (
    <>
      {phone ? (
        <Cards object={object} rows={rows} columns={columns} onOpen={open} onMore={more} hasMore={list.hasNextPage} />
      ) : (
        <Table
          object={object}
          rows={rows}
          columns={columns}
          sort={query.sort}
          selected={selected}
          onSelect={select}
          onSelectAll={(on) => setSelected(on ? new Set(rows.map((row) => row.id)) : new Set())}
          onOpen={open}
          onSort={(sort) => onChange({ sort })}
          onResize={(next, done) => {
            setDrag(done ? null : next);
            if (done) onChange({ columns: columnsText(object, next) });
          }}
          onMore={more}
          waiting={list.isPending ? (slow ? 16 : 0) : list.isFetchingNextPage || list.hasNextPage ? 4 : 0}
        />
      )}
      <Footer object={object} search={search} columns={columns} total={first?.total} atLeast={first?.total_at_least} loaded={rows.length} complete={!list.hasNextPage} selected={selected.size} />
      {selected.size > 0 ? <BulkBar object={object} query={query} selected={selected} rows={rows} total={first?.total} onSelection={setSelected} /> : null}
    </>
  );
}

function Footer({ object, search, columns, total, atLeast, loaded, complete, selected }: { object: ObjectDef; search: ListSearch; columns: Column[]; total?: number; atLeast?: boolean; loaded: number; complete: boolean; selected: number }) {
  const { t } = useTranslation();
  const moneyField = columns.map((column) => fieldOf(object, column.name)).find((field) => field !== undefined && typeOf(field) === "money" && !field.masked);
  const sum = useQuery({ ...aggregateQuery(object.name, { filter: search.filter, group_by: [], measures: [{ fn: "sum", field: moneyField?.name ?? "" }] }), enabled: moneyField !== undefined && search.archived === undefined });
  const value = sum.data?.items[0]?.values[0];
  const unconverted = isMoney(value) ? ((value as { unconverted?: number }).unconverted ?? 0) : 0;
  const count = total ?? (complete ? loaded : undefined);
  return (
    <footer className="list-foot" aria-live="polite">
      <span className="tabular-nums">
        {count === undefined ? "" : atLeast ? t("list.countAtLeast", { shown: formatNumber(count) }) : t("list.count", { count, shown: formatNumber(count) })}
        {selected > 0 ? <span className="text-text">, {t("list.selected", { count: selected, shown: formatNumber(selected) })}</span> : null}
      </span>
      {moneyField && isMoney(value) ? (
        <span className="ms-auto truncate tabular-nums" title={t("list.sumHelp")}>
          {modelLabel(moneyField.label)} <span className="font-semibold text-text">{moneyText(value)}</span>
          {unconverted > 0 ? <span className="text-warning"> {t("list.unconverted", { count: unconverted })}</span> : null}
        </span>
      ) : null}
    </footer>
  );
}

function NoRows({ object, filtered, clear }: { object: ObjectDef; filtered: boolean; clear: () => void }) {
  const { t } = useTranslation();
  const { create } = useShell();
  const can = useCan(object.name);
  const mayImport = useCapability("import");
  const navigate = useNavigate();
  const Icon = iconNamed(object.icon);
  const what = modelWord(object.plural_label);
  if (filtered) {
    return (
      <EmptyState icon={<FilterX size={20} />} title={t("list.noMatch.title", { what })} text={t("list.noMatch.text")}>
        <Button onClick={clear}>{t("list.clearFilter")}</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<Icon size={20} />} title={t("list.empty.title", { what })} text={can.create ? t("list.empty.text") : t("list.empty.noRight")}>
      {can.create ? (
        <Button look="primary" icon={<Plus size={16} />} onClick={() => create(object.name)}>
          {t("action.new", { what: modelWord(object.label) })}
        </Button>
      ) : null}
      {can.create && mayImport ? (
        <Button icon={<Upload size={16} />} onClick={() => void navigate({ to: "/imports", search: { object: object.name } })}>
          {t("import.fromFile")}
        </Button>
      ) : null}
    </EmptyState>
  );
}
