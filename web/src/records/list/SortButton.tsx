import { ArrowDown, ArrowDownUp, ArrowUp, Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { modelLabel } from "~/lib/i18n";
import { isSortable, type ObjectDef } from "~/metadata/model";
import { choosable } from "~/metadata/layout";
import { useObjects } from "~/metadata/registry";
import { pathLabel } from "~/records/filter/path";
import { Button, IconButton } from "~/ui/Button";
import { Choose } from "~/ui/Input";
import { PopoverButton } from "~/ui/PopoverButton";
import { moved } from "./HeaderCell";
import { sortKeys, sortText, usualSort } from "./search";

/** By what the rows are ordered, the most important first. */
export function SortButton({ object, sort, onSort }: { object: ObjectDef; sort: string | undefined; onSort: (sort: string | undefined) => void }) {
  const { t } = useTranslation();
  const objects = useObjects();
  const keys = sortKeys(sort ?? usualSort(object));
  const sortable = choosable(object).filter(isSortable);
  const first = keys[0];
  const name = first ? pathLabel(object, first.field, objects) : "";
  const Arrow = first?.down ? ArrowDown : ArrowUp;
  const put = (next: typeof keys) => onSort(sortText(next));
  const free = sortable.filter((field) => !keys.some((key) => key.field === field.name));
  return (
    <PopoverButton
      label={t("list.sort")}
      buttonClass="btn gho sm"
      placement="bottom end"
      button={
        <>
          {sort ? <Arrow size={16} aria-hidden /> : <ArrowDownUp size={16} aria-hidden />}
          <span className="sr-only">{t("list.sort")}: </span>
          <span className="max-w-32 truncate">{name}</span>
          {keys.length > 1 ? <span className="cnt">+{keys.length - 1}</span> : null}
        </>
      }
    >
      {(close) => (
        <div className="flex w-88 max-w-full flex-col gap-2 p-3">
          {keys.map((key, index) => {
            const label = pathLabel(object, key.field, objects);
            const options = [...(sortable.some((field) => field.name === key.field) ? [] : [{ value: key.field, label }]), ...sortable.filter((field) => field.name === key.field || free.includes(field)).map((field) => ({ value: field.name, label: modelLabel(field.label) }))];
            return (
              <div key={key.field} className="flex items-center gap-1">
                <Choose aria-label={t(index === 0 ? "list.sortFirst" : "list.sortThen")} value={key.field} onValue={(field) => put(keys.map((one, i) => (i === index ? { ...one, field } : one)))} options={options} />
                <IconButton small={false} label={t(key.down ? "list.sortFalling" : "list.sortRising", { what: label })} onClick={() => put(keys.map((one, i) => (i === index ? { ...one, down: !one.down } : one)))}>
                  {key.down ? <ArrowDown size={16} /> : <ArrowUp size={16} />}
                </IconButton>
                {keys.length > 1 ? (
                  <>
                    <IconButton small={false} disabled={index === 0} label={t("list.moveUp", { what: label })} onClick={() => put(moved(keys, index, index - 1))}>
                      <span aria-hidden>{index + 1}</span>
                    </IconButton>
                    <IconButton small={false} label={t("list.sortRemove", { what: label })} onClick={() => put(keys.filter((_, i) => i !== index))}>
                      <X size={14} />
                    </IconButton>
                  </>
                ) : null}
              </div>
            );
          })}
          <span className="flex gap-2">
            <Button small look="quiet" icon={<Plus size={14} />} disabled={free.length === 0} onClick={() => free[0] && put([...keys, { field: free[0].name, down: false }])}>
              {t("list.sortAdd")}
            </Button>
            {sort ? (
              <Button small look="quiet" className="ms-auto" onClick={() => (onSort(undefined), close())}>
                {t("list.sortReset")}
              </Button>
            ) : null}
          </span>
        </div>
      )}
    </PopoverButton>
  );
}
