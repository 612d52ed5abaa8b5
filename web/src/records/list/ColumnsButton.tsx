import { ArrowDown, ArrowUp, Columns3, Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, visibleFields, type ObjectDef } from "~/metadata/model";
import { kitOf } from "~/fields";
import { IconButton } from "~/ui/Button";
import { Checkbox } from "~/ui/Checkbox";
import { TextInput } from "~/ui/Input";
import { PopoverButton } from "~/ui/PopoverButton";
import { columnsOf, type Column } from "./search";

/** Choose and order columns; arrows do what dragging would, so nobody needs a mouse. */
export function ColumnsButton({ object, columns, onChange }: { object: ObjectDef; columns: Column[]; onChange: (columns: Column[]) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const chosen = new Set(columns.map((column) => column.name));
  const matches = (label: string) => label.toLocaleLowerCase().includes(text.toLocaleLowerCase());
  const others = visibleFields(object).filter((field) => !chosen.has(field.name));
  const move = (index: number, by: number) => {
    const next = [...columns];
    const [column] = next.splice(index, 1);
    if (column) next.splice(index + by, 0, column);
    onChange(next);
  };
  return (
    <PopoverButton label={t("list.columns")} buttonClass="btn gho sm ic" button={<Columns3 size={16} aria-label={t("list.columns")} />} placement="bottom end">
      {() => (
        <div className="flex max-h-[70vh] w-80 flex-col gap-2 p-2">
          <TextInput icon={<Search size={14} aria-hidden />} aria-label={t("list.findField")} placeholder={t("list.findField")} value={text} onValue={setText} />
          <div className="min-h-0 overflow-auto">
            {columns.map((column, index) => {
              const field = fieldOf(object, column.name);
              if (!field || !matches(modelLabel(field.label))) return null;
              const label = modelLabel(field.label);
              return (
                <div key={column.name} className="flex items-center gap-1 ps-2">
                  <span className="min-w-0 flex-1 truncate">
                    <Checkbox checked label={label} disabled={columns.length === 1} onChange={() => onChange(columns.filter((c) => c.name !== column.name))} />
                  </span>
                  <IconButton label={t("list.moveUp", { what: label })} disabled={index === 0} onClick={() => move(index, -1)}>
                    <ArrowUp size={14} />
                  </IconButton>
                  <IconButton label={t("list.moveDown", { what: label })} disabled={index === columns.length - 1} onClick={() => move(index, 1)}>
                    <ArrowDown size={14} />
                  </IconButton>
                </div>
              );
            })}
            <hr className="msep" />
            {others
              .filter((field) => matches(modelLabel(field.label)))
              .map((field) => (
                <div key={field.name} className="truncate ps-2">
                  <Checkbox checked={false} label={modelLabel(field.label)} onChange={() => onChange([...columns, { name: field.name, width: kitOf(field).width }])} />
                </div>
              ))}
          </div>
          <button type="button" className="mi" onClick={() => onChange(columnsOf(object, undefined))}>
            {t("list.resetColumns")}
          </button>
        </div>
      )}
    </PopoverButton>
  );
}
