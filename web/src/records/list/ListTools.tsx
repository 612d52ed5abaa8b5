import type { ObjectDef } from "~/metadata/model";
import { ColumnsButton } from "./ColumnsButton";
import { GroupButton } from "./GroupButton";
import { columnsOf, columnsText, type ViewState } from "./search";
import { SortButton } from "./SortButton";

/** Groups, order and columns of a table: not needed before its rows are there. */
export default function ListTools({ object, state, onChange }: { object: ObjectDef; state: ViewState; onChange: (next: Partial<ViewState>) => void }) {
  return (
    <>
      <GroupButton object={object} group={state.group} onGroup={(group) => onChange({ group })} />
      <SortButton object={object} sort={state.sort} onSort={(sort) => onChange({ sort })} />
      <ColumnsButton object={object} columns={columnsOf(object, state.columns)} onChange={(columns) => onChange({ columns: columnsText(object, columns) })} />
    </>
  );
}
