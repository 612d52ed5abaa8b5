import type { ComponentType } from "react";
import type { FieldDef } from "~/metadata/model";
import type { FieldIds } from "~/ui/Field";

export interface DisplayProps {
  field: FieldDef;
  value: unknown;
  /** The record it stands in, for what was included with it (`account_record`). */
  record?: Record<string, unknown>;
  /** In a table cell: one line, no links inside. */
  compact?: boolean;
}

export interface InputProps {
  field: FieldDef;
  value: unknown;
  onChange: (value: unknown) => void;
  ids: Partial<FieldIds>;
  autoFocus?: boolean;
}

/** What the front end knows of a field type. The map over all types makes the compiler list what a new type needs. */
export interface FieldKit {
  Display: ComponentType<DisplayProps>;
  Input: ComponentType<InputProps>;
  /** Plain text of a value, for history lines, titles and tests. */
  text: (value: unknown, field: FieldDef) => string;
  /** Width of a fresh column in pixels. */
  width: number;
  /** Numbers stand at the end of the line. */
  end?: boolean;
}

export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

export const asText = (value: unknown): string => (isEmpty(value) ? "" : typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : JSON.stringify(value));
