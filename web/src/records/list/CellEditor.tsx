import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "~/api/types";
import { FieldValue, kitOf } from "~/fields";
import { modelLabel } from "~/lib/i18n";
import { typeOf, type FieldDef, type ObjectDef } from "~/metadata/model";
import { lastEditor, useSave } from "~/records/detail/useSave";
import { Button } from "~/ui/Button";
import { showToast } from "~/ui/Toasts";

const SEVERAL_LINES = ["long_text", "rich_text", "multi_choice", "many_to_many", "address", "person_name"];
type End = "stay" | "next" | "before" | "down";

/** One cell in edit: Enter saves and goes down, Tab saves and goes on, Esc leaves it as it was. What is refused stays, with the reason. */
export default function CellEditor({ object, field, row, onPatch, onEnd }: { object: ObjectDef; field: FieldDef; row: RecordData; onPatch: (id: string, values: Partial<RecordData>) => void; onEnd: (move: End) => void }) {
  const { t } = useTranslation();
  const [seen] = useState(row); // what stood there at the start: others' changes must not move under the typing
  const box = useRef<HTMLDivElement>(null);
  const [value, setValue] = useState<unknown>(row[field.name] ?? null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [conflict, setConflict] = useState<{ fresh: RecordData; by: string | null } | null>(null);
  const save = useSave(object.name);
  const label = modelLabel(field.label);
  const before = seen[field.name] ?? null;
  const changed = JSON.stringify(value ?? null) !== JSON.stringify(before);
  const { Input } = kitOf(field);

  const submit = async (move: End, force = false) => {
    if (busy) return;
    if (!changed && !force) return onEnd(move);
    setBusy(true);
    setError(null);
    const outcome = await save(seen, { [field.name]: value }, force);
    setBusy(false);
    if (outcome.kind === "saved") {
      const put = (record: RecordData) => onPatch(record.id, { ...record, [`${field.name}_record`]: undefined });
      put(outcome.record);
      showToast({
        text: t("record.saved", { what: label }),
        undo: async () => {
          const back = await save(outcome.record, { [field.name]: before }, true);
          if (back.kind === "saved") put(back.record);
          else if (back.kind === "refused") showToast({ text: back.problem.detail || t("undo.failed"), failed: true });
        },
      });
      onEnd(move);
    } else if (outcome.kind === "conflict") {
      setConflict({ fresh: outcome.fresh, by: await lastEditor(outcome.fresh).catch(() => null) });
    } else {
      const own = outcome.problem.errors.find((e) => e.field === field.name) ?? outcome.problem.errors[0];
      setError(own?.detail || outcome.problem.detail || t(outcome.problem.isOffline ? "state.error.offline" : "state.error.server"));
    }
  };
  const latest = useRef(submit);
  useEffect(() => {
    latest.current = submit;
  });
  // A click elsewhere saves, but not one into a list or calendar that belongs to the field.
  useEffect(() => {
    const press = (event: PointerEvent) => {
      if (event.target instanceof Element && !box.current?.contains(event.target) && !event.target.closest(".popover,[role=listbox],[role=dialog],.toast")) void latest.current("stay");
    };
    document.addEventListener("pointerdown", press, true);
    return () => document.removeEventListener("pointerdown", press, true);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      onEnd("stay");
    } else if (event.key === "Tab" && !conflict) {
      event.preventDefault();
      void submit(event.shiftKey ? "before" : "next");
    } else if (event.key === "Enter" && !event.defaultPrevented) {
      const listOpen = event.target instanceof HTMLElement && event.target.getAttribute("aria-expanded") === "true";
      if (event.target instanceof HTMLButtonElement || listOpen || (SEVERAL_LINES.includes(typeOf(field)) && !event.ctrlKey && !event.metaKey)) return;
      event.preventDefault();
      void submit("down");
    }
  };
  const labelId = `cell-${row.id}-${field.name}`;
  return (
    // Keys are those of the field inside, which bubble up.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div ref={box} className="cell-editor" aria-busy={busy} onKeyDown={onKeyDown} onKeyUp={(event) => event.stopPropagation()}>
      <span className="sr-only" id={labelId}>
        {label}
      </span>
      <Input field={field} value={value} onChange={setValue} ids={{ "aria-labelledby": labelId, "aria-invalid": error ? true : undefined, "aria-describedby": error ? `${labelId}-e` : undefined }} autoFocus />
      {error ? (
        <div className="cell-note err" role="alert" id={`${labelId}-e`}>
          {error}
        </div>
      ) : null}
      {conflict ? (
        <div className="cell-note" role="alert">
          <p>{t("record.conflict", { who: conflict.by ?? t("record.someone"), what: label })}</p>
          <p className="my-1 font-medium">
            <FieldValue field={field} value={conflict.fresh[field.name]} compact />
          </p>
          <span className="flex gap-2">
            <Button small onClick={() => void submit("stay", true)}>
              {t("record.keepYours")}
            </Button>
            <Button small onClick={() => (onPatch(row.id, { ...conflict.fresh, [`${field.name}_record`]: undefined }), onEnd("stay"))}>
              {t("record.takeTheirs")}
            </Button>
          </span>
        </div>
      ) : null}
    </div>
  );
}
