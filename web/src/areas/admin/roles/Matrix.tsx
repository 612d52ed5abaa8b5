import { Lock } from "lucide-react";
import { memo, useMemo, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { modelLabel } from "~/lib/i18n";
import { Cell } from "./Cell";
import { keyOf, RIGHTS, valueOf, type Draft, type Right, type Role, type Spot, type SpotValue } from "./model";
import type { MatrixRow, RowGroup } from "./rows";
import { wordOf } from "./Value";

export interface MatrixProps {
  roles: Role[];
  /** All roles over one right, or over the actions; one role over all rights. */
  right: Right | "actions" | "every";
  groups: RowGroup[];
  actions: string[];
  draft: Draft;
  mayChange: (role: Role) => boolean;
  mine: string[];
  onValue: (role: Role, spot: Spot, value: SpotValue) => void;
  onRole: (name: string) => void;
}

interface Column {
  id: string;
  role: Role;
  right: Right | null;
}

const ARROWS: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const NOTHING: Draft = new Map();

interface RowProps extends Pick<MatrixProps, "draft" | "mayChange" | "onValue"> {
  row: MatrixRow;
  at: number;
  columns: Column[];
  one: boolean;
  isAction: boolean;
  /** The column where Tab stops, when it is in this row. */
  tabStop: number | null;
  onFocusAt: (place: string) => void;
}

/** Only rows that something changed in are drawn again: all of them are a thousand cells. */
const Row = memo(function Row({ row, at, columns, one, isAction, draft, tabStop, mayChange, onValue, onFocusAt }: RowProps) {
  const { t } = useTranslation();
  const cells = one && isAction ? columns.slice(0, 1) : columns;
  return (
    <tr>
      <th scope="row" title={row.label}>
        {row.label}
      </th>
      {cells.map((column, index) => {
        const spot: Spot = { role: column.role.name, row: row.name, right: isAction ? null : column.right };
        const changed = draft.get(keyOf(spot));
        const value = changed ? changed.value : valueOf(column.role, spot);
        const reach = wordOf(value, row.child);
        const role = modelLabel(column.role.label);
        const label = spot.right === null ? t("rights.capability", { role, what: row.label, reach }) : t("rights.cell", { role, right: t(`rights.${spot.right}`).toLocaleLowerCase(), object: row.label, reach });
        const withheld = spot.right === "read" ? Object.values(column.role.objects[row.name]?.fields ?? {}).filter((f) => f === "hidden" || f === "masked").length : 0;
        return (
          <td key={column.id} colSpan={one && isAction ? RIGHTS.length : undefined} onFocus={() => onFocusAt(`${at}/${index}`)}>
            <Cell value={value} label={label} child={row.child} withheld={withheld} changed={changed !== undefined} editable={mayChange(column.role)} place={[at, index]} tabbable={tabStop === index} onValue={(next) => onValue(column.role, spot, next)} />
          </td>
        );
      })}
    </tr>
  );
});

/** What each role may do with each object. Tab enters the grid once; arrows go from cell to cell. */
export function Matrix({ roles, right, groups, actions, draft, mayChange, mine, onValue, onRole }: MatrixProps) {
  const { t } = useTranslation();
  const [active, setActive] = useState<string | null>(null);
  const one = right === "every" ? roles[0] : undefined;
  const columns = useMemo<Column[]>(() => (right === "every" ? RIGHTS.flatMap((r) => (roles[0] ? [{ id: r, role: roles[0], right: r }] : [])) : roles.map((role) => ({ id: role.name, role, right: right === "actions" ? null : right }))), [roles, right]);
  const actionGroup: RowGroup = { area: "actions", rows: actions.map((name) => ({ name, label: t(`rights.cap.${name}`, { defaultValue: name }), child: false })) };
  const shown = right === "actions" ? [actionGroup] : one && actions.length ? [...groups, actionGroup] : groups;
  const order = new Map(shown.flatMap((group) => group.rows).map((row, index) => [row, index]));
  const first = columns.findIndex((column) => mayChange(column.role));
  const tabStop = active ?? `0/${first}`;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = ARROWS[event.key];
    const from = (event.target as HTMLElement).dataset.place?.split("/").map(Number);
    if (!step || !from) return;
    event.preventDefault();
    let [row = 0, column = 0] = from;
    // A role that may not be changed has no button: go on to the next one.
    for (;;) {
      row += step[0];
      column += step[1];
      if (row < 0 || column < 0 || row >= order.size || column >= columns.length) return;
      const next = event.currentTarget.querySelector<HTMLElement>(`[data-place="${row}/${column}"]`);
      if (next) return next.focus();
    }
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so the keyboard must reach it
    <div className="scroll" role="region" aria-label={t("rights.grid")} tabIndex={0}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the buttons inside */}
      <table className="rights" data-one={one ? true : undefined} onKeyDown={onKeyDown}>
        <thead>
          <tr>
            <th scope="col">{t(right === "actions" ? "rights.actions" : "admin.object")}</th>
            {columns.map(({ id, role, right: of }) => (
              <th key={id} scope="col">
                {one ? (
                  t(`rights.${of ?? "actions"}`)
                ) : (
                  <button type="button" className="role-head" title={role.description} onClick={() => onRole(role.name)}>
                    <span className="flex items-center gap-1">
                      <span className="truncate">{modelLabel(role.label)}</span>
                      {mine.includes(role.name) ? <Lock size={12} aria-label={t("rights.own")} /> : null}
                    </span>
                    <span className="font-normal text-text-3">
                      {t("rights.people", { count: role.people })}
                      {role.record ? <span className="text-accent-text"> · {t("rights.changed")}</span> : null}
                    </span>
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        {shown.map((group) => (
          <tbody key={group.area}>
            {right === "actions" ? null : (
              <tr className="group">
                <th scope="rowgroup" colSpan={columns.length + 1}>
                  <span>{group.area === "actions" ? t("rights.actions") : t(group.area === "others" ? "rights.others" : `area.${group.area}`, { defaultValue: t("rights.others") })}</span>
                </th>
              </tr>
            )}
            {group.rows.map((row) => {
              const at = order.get(row) ?? 0;
              const ours = [...draft.values()].some(({ spot }) => spot.row === row.name);
              const stop = tabStop.startsWith(`${at}/`) ? Number(tabStop.split("/")[1]) : null;
              return <Row key={row.name} row={row} at={at} columns={columns} one={one !== undefined} isAction={group.area === "actions"} draft={ours ? draft : NOTHING} tabStop={stop} mayChange={mayChange} onValue={onValue} onFocusAt={setActive} />;
            })}
          </tbody>
        ))}
      </table>
    </div>
  );
}
