import type { FieldType } from "~/metadata/model";
import { nameFrom } from "./naming";

/** The type of a definition from what the dialog asked: options one a line, `value = Label` where the value matters. */
export function typeOfForm(type: FieldType, detail: string, result: FieldType): Record<string, unknown> {
  switch (type) {
    case "choice":
    case "multi_choice":
      return { [type]: { options: optionsFrom(detail) } };
    case "reference":
    case "many_to_many":
      return { [type]: { to: detail } };
    case "autonumber":
      return { autonumber: { pattern: detail || "{0000}" } };
    case "formula":
      return { formula: { expression: detail, result } };
    default:
      return { [type]: {} };
  }
}

export function optionsFrom(text: string): { value: string; label: string }[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [left = "", ...right] = line.split("=");
      const label = right.length ? right.join("=").trim() : line;
      return { value: right.length ? left.trim() : nameFrom(label), label };
    });
}
