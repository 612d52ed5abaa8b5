import "./detail.css";
import { useQueryClient } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "~/api/types";
import { FieldValue, isEmpty, kitOf } from "~/fields";
import { modelLabel } from "~/lib/i18n";
import { isWritable, typeOf, type FieldDef } from "~/metadata/model";
import { Button } from "~/ui/Button";
import { Field } from "~/ui/Field";
import { Note } from "~/ui/Note";
import { ConflictChoice, useFieldEdit } from "./useFieldEdit";

const SEVERAL_LINES = ["long_text", "rich_text"];

/** One line of the record page: label and value; a click, Enter or F2 makes it an editor. */
export function InlineField({ object, field, record, mayEdit }: { object: string; field: FieldDef; record: RecordData; mayEdit: boolean }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const value = record[field.name];
  const label = modelLabel(field.label);
  const close = () => {
    setEditing(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  if (editing) return <Editor object={object} field={field} record={record} onClose={close} />;
  const shown = <FieldValue field={field} value={value} record={record} />;
  const writable = mayEdit && isWritable(field);
  // What a button shows is part of its name (WCAG 2.5.3).
  const name = isEmpty(value) ? `${t("action.add")}: ${label}` : t("record.editField", { what: label });
  return (
    <div className="kv-row" title={field.help}>
      <dt>{label}</dt>
      <dd className={writable ? "kv-edit" : undefined}>
        <span className="min-w-0 flex-1">{isEmpty(value) && !field.masked && !field.hidden ? writable ? null : <span className="text-text-3">{t("value.none")}</span> : shown}</span>
        {writable ? (
          <button ref={button} type="button" className="kv-pen" aria-label={name} title={name} onClick={() => setEditing(true)}>
            {isEmpty(value) ? <span className="text-text-3">{t("action.add")}</span> : <Pencil size={14} aria-hidden />}
          </button>
        ) : null}
      </dd>
    </div>
  );
}

function Editor({ object, field, record, onClose }: { object: string; field: FieldDef; record: RecordData; onClose: () => void }) {
  const { t } = useTranslation();
  const edit = useFieldEdit(object, field, record);
  const client = useQueryClient();
  const { Input } = kitOf(field);
  const label = modelLabel(field.label);
  const submit = async (force = false) => {
    if (await edit.submit(force)) onClose();
  };
  const takeTheirs = () => {
    void client.invalidateQueries({ queryKey: ["record", object, record.id] });
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    } else if (event.key === "Enter" && !event.defaultPrevented && (event.ctrlKey || event.metaKey || (!SEVERAL_LINES.includes(typeOf(field)) && event.target instanceof HTMLInputElement && event.target.getAttribute("role") !== "combobox"))) {
      event.preventDefault();
      void submit();
    }
  };
  return (
    // Keys are those of the fields inside, which bubble up.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className="kv-editor" onKeyDown={onKeyDown}>
      <dt className="sr-only">{label}</dt>
      <dd>
      <Field label={label} required={field.required} error={edit.error} help={field.help}>
        {(ids) => <Input field={field} value={edit.value} onChange={edit.setValue} ids={ids} autoFocus />}
      </Field>
      {edit.conflict ? (
        <Note tone="war" className="mt-2">
          <ConflictChoice field={field} conflict={edit.conflict} onKeep={() => void submit(true)} onTake={takeTheirs} />
        </Note>
      ) : (
        <span className="mt-2 flex gap-2">
          <Button small look="primary" busy={edit.busy} onClick={() => void submit()}>
            {t("action.save")}
          </Button>
          <Button small look="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
        </span>
      )}
      </dd>
    </div>
  );
}
