import { ArrowDown, ArrowUp, Columns3, GripVertical, Pin, PinOff, Plus, Search } from "lucide-react";
import { useState, type DragEvent } from "react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { cx } from "~/lib/cx";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, type ObjectDef } from "~/metadata/model";
import { choosable } from "~/metadata/layout";
import { useCapability } from "~/metadata/registry";
import { IconButton } from "~/ui/Button";
import { Checkbox } from "~/ui/Checkbox";
import { TextInput } from "~/ui/Input";
import { PopoverButton } from "~/ui/PopoverButton";
import { frozen, moved } from "./HeaderCell";
import { columnsOf, usual, type Column } from "./search";

/** Choose, order and freeze columns; arrows do what dragging does, so nobody needs a mouse. */
export function ColumnsButton(props: { object: ObjectDef; columns: Column[]; onChange: (columns: Column[]) => void }) {
  const { t } = useTranslation();
  return (
    <PopoverButton label={t("list.columns")} buttonClass="btn gho sm ic" button={<Columns3 size={16} aria-label={t("list.columns")} />} placement="bottom end">
      {() => <Chooser {...props} />}
    </PopoverButton>
  );
}

function Chooser({ object, columns, onChange }: { object: ObjectDef; columns: Column[]; onChange: (columns: Column[]) => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayDefine = useCapability("define");
  const [text, setText] = useState("");
  const [dragged, setDragged] = useState<number | null>(null);
  const chosen = new Set(columns.map((column) => column.name));
  const matches = (label: string) => label.toLocaleLowerCase().includes(text.trim().toLocaleLowerCase());
  const others = choosable(object).filter((field) => !chosen.has(field.name) && matches(modelLabel(field.label)));
  const over = (index: number) => (event: DragEvent) => {
    if (dragged === null) return;
    event.preventDefault();
    if (dragged !== index) {
      onChange(moved(columns, dragged, index));
      setDragged(index);
    }
  };
  return (
    <div className="flex max-h-[min(70vh,520px)] w-80 flex-col gap-2 p-2">
      <TextInput icon={<Search size={14} aria-hidden />} aria-label={t("list.findField")} placeholder={t("list.findField")} value={text} onValue={setText} />
      <div className="min-h-0 overflow-auto">
        {columns.map((column, index) => {
          const field = fieldOf(object, column.name);
          const label = field ? modelLabel(field.label) : "";
          if (!field || !matches(label)) return null;
          return (
            <div key={column.name} className={cx("flex items-center gap-0.5 rounded-sm", dragged === index && "bg-press")} draggable={!text} onDragStart={() => setDragged(index)} onDragOver={over(index)} onDragEnd={() => setDragged(null)}>
              <GripVertical size={14} aria-hidden className="text-text-3" />
              <span className="min-w-0 flex-1 truncate ps-1">
                <Checkbox checked label={label} disabled={columns.length === 1} onChange={() => onChange(columns.filter((c) => c.name !== column.name))} />
              </span>
              <IconButton label={t(column.frozen ? "list.unfreezeWhat" : "list.freezeWhat", { what: label })} aria-pressed={Boolean(column.frozen)} className={column.frozen ? "text-accent-text!" : undefined} onClick={() => onChange(frozen(columns, index))}>
                {column.frozen ? <PinOff size={14} /> : <Pin size={14} />}
              </IconButton>
              <IconButton label={t("list.moveUp", { what: label })} disabled={index === 0} onClick={() => onChange(moved(columns, index, index - 1))}>
                <ArrowUp size={14} />
              </IconButton>
              <IconButton label={t("list.moveDown", { what: label })} disabled={index === columns.length - 1} onClick={() => onChange(moved(columns, index, index + 1))}>
                <ArrowDown size={14} />
              </IconButton>
            </div>
          );
        })}
        <hr className="msep" />
        {others.map((field) => (
          <div key={field.name} className="truncate ps-5">
            <Checkbox checked={false} label={modelLabel(field.label)} onChange={() => onChange([...columns, usual(object, field.name)])} />
          </div>
        ))}
      </div>
      <div className="border-t border-line pt-1">
        {mayDefine ? (
          <button type="button" className="mi" onClick={() => void navigate({ to: "/admin/objects/$name", params: { name: object.name } })}>
            <Plus size={14} aria-hidden />
            {t("list.newField")}
          </button>
        ) : null}
        <button type="button" className="mi" onClick={() => onChange(columnsOf(object, undefined))}>
          {t("list.resetColumns")}
        </button>
      </div>
    </div>
  );
}
