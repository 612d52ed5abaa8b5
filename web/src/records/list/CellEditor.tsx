import { useEffect, useRef, type KeyboardEvent } from "react";
import type { RecordData } from "~/api/types";
import { kitOf } from "~/fields";
import { modelLabel } from "~/lib/i18n";
import { typeOf, type FieldDef, type ObjectDef } from "~/metadata/model";
import { ConflictChoice, useFieldEdit } from "~/records/detail/useFieldEdit";

const SEVERAL_LINES = ["long_text", "rich_text", "multi_choice", "many_to_many", "address", "person_name"];
type End = "stay" | "next" | "before" | "down";

/** One cell in edit: Enter saves and goes down, Tab saves and goes on, Esc leaves it as it was. What is refused stays, with the reason. */
export default function CellEditor({ object, field, row, onPatch, onEnd }: { object: ObjectDef; field: FieldDef; row: RecordData; onPatch: (id: string, values: Partial<RecordData>) => void; onEnd: (move: End) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const patch = (record: RecordData) => onPatch(record.id, { ...record, [`${field.name}_record`]: undefined });
  const edit = useFieldEdit(object.name, field, row, patch);
  const { error, conflict } = edit;
  const label = modelLabel(field.label);
  const { Input } = kitOf(field);
  const submit = async (move: End, force = false) => {
    if (!edit.changed && !force) return onEnd(move);
    if (await edit.submit(force)) onEnd(move);
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
    <div ref={box} className="cell-editor" aria-busy={edit.busy} onKeyDown={onKeyDown} onKeyUp={(event) => event.stopPropagation()}>
      <span className="sr-only" id={labelId}>
        {label}
      </span>
      <Input field={field} value={edit.value} onChange={edit.setValue} ids={{ "aria-labelledby": labelId, "aria-invalid": error ? true : undefined, "aria-describedby": error ? `${labelId}-e` : undefined }} autoFocus />
      {error ? (
        <div className="cell-note err" role="alert" id={`${labelId}-e`}>
          {error}
        </div>
      ) : null}
      {conflict ? (
        <div className="cell-note" role="alert">
          <ConflictChoice field={field} conflict={conflict} onKeep={() => void submit("stay", true)} onTake={(fresh) => (patch(fresh), onEnd("stay"))} />
        </div>
      ) : null}
    </div>
  );
}
