import { Plus, Search } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { modelLabel } from "~/lib/i18n";
import { type ObjectDef } from "~/metadata/model";
import { choosable } from "~/metadata/layout";
import { useCapability } from "~/metadata/registry";
import { TextInput } from "~/ui/Input";
import { cx } from "~/lib/cx";
import { usual, type Column } from "./search";

/** One more column: a field that is there already, or a new one for those who may define it. */
export default function ColumnAdder({ object, columns, onAdd }: { object: ObjectDef; columns: Column[]; onAdd: (column: Column) => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayDefine = useCapability("define");
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const taken = new Set(columns.map((column) => column.name));
  const found = choosable(object).filter((field) => !taken.has(field.name) && modelLabel(field.label).toLocaleLowerCase().includes(text.trim().toLocaleLowerCase()));
  const at = Math.min(active, found.length - 1);
  return (
    <div className="flex max-h-[min(60vh,420px)] w-64 flex-col gap-1 p-2">
      <TextInput
        autoFocus
        icon={<Search size={14} aria-hidden />}
        aria-label={t("list.findField")}
        placeholder={t("list.findField")}
        value={text}
        onValue={(value) => (setText(value), setActive(0))}
        onKeyDown={(event) => {
          const field = found[at];
          if (event.key === "ArrowDown") setActive(Math.min(found.length - 1, at + 1));
          else if (event.key === "ArrowUp") setActive(Math.max(0, at - 1));
          else if (event.key === "Enter" && field) onAdd(usual(object, field.name));
          else return;
          event.preventDefault();
        }}
      />
      <div className="min-h-0 overflow-auto">
        {found.map((field, index) => (
          <button key={field.name} type="button" tabIndex={-1} className={cx("mi", index === at && "bg-press")} ref={index === at ? (element) => element?.scrollIntoView?.({ block: "nearest" }) : undefined} onPointerMove={() => setActive(index)} onClick={() => onAdd(usual(object, field.name))}>
            <span className="truncate">{modelLabel(field.label)}</span>
          </button>
        ))}
        {found.length === 0 ? <p className="px-2 py-3 text-text-3">{t("field.nothingFound")}</p> : null}
      </div>
      {mayDefine ? (
        <>
          <hr className="msep" />
          <button type="button" className="mi" onClick={() => void navigate({ to: "/admin/objects/$name", params: { name: object.name } })}>
            <Plus size={14} aria-hidden />
            {t("list.newField")}
          </button>
        </>
      ) : null}
    </div>
  );
}
