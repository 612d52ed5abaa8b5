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
import { showToast } from "~/ui/Toasts";
import { lastEditor, useSave } from "./useSave";

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
  const seen = useRef(record); // what the person saw when starting; live updates must not change it
  const [value, setValue] = useState<unknown>(record[field.name]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [conflict, setConflict] = useState<{ fresh: RecordData; by: string | null } | null>(null);
  const save = useSave(object);
  const { Input } = kitOf(field);
  const label = modelLabel(field.label);

  const submit = async (force = false) => {
    setBusy(true);
    setError(null);
    const outcome = await save(seen.current, { [field.name]: value }, force);
    setBusy(false);
    if (outcome.kind === "saved") {
      const before = seen.current[field.name];
      showToast({ text: t("record.saved", { what: label }), undo: () => void save(outcome.record, { [field.name]: before ?? null }, true) });
      onClose();
    } else if (outcome.kind === "conflict") {
      setConflict({ fresh: outcome.fresh, by: await lastEditor(outcome.fresh).catch(() => null) });
    } else {
      const own = outcome.problem.errors.find((e) => e.field === field.name) ?? outcome.problem.errors[0];
      setError(own?.detail || outcome.problem.detail || t(outcome.problem.isOffline ? "state.error.offline" : "state.error.server"));
    }
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
      <Field label={label} required={field.required} error={error} help={field.help}>
        {(ids) => <Input field={field} value={value} onChange={setValue} ids={ids} autoFocus />}
      </Field>
      {conflict ? (
        <Note tone="war" className="mt-2">
          <p>{t("record.conflict", { who: conflict.by ?? t("record.someone"), what: label })}</p>
          <p className="my-1 font-medium">
            <FieldValue field={field} value={conflict.fresh[field.name]} compact />
          </p>
          <span className="flex gap-2">
            <Button small onClick={() => void submit(true)}>
              {t("record.keepYours")}
            </Button>
            <Button
              small
              onClick={() => {
                void save(conflict.fresh, {}, true);
                onClose();
              }}
            >
              {t("record.takeTheirs")}
            </Button>
          </span>
        </Note>
      ) : (
        <span className="mt-2 flex gap-2">
          <Button small look="primary" busy={busy} onClick={() => void submit()}>
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
