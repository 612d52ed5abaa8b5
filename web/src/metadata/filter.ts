import { isComplete, isTest, type Condition, type Test } from "./condition";

/**
 * What the filter bar edits: a list of parts, all or any of which must hold. A part that the bar cannot show in
 * full (related records, a nested group, a negation) is kept as it is and can only be removed.
 */
export interface FilterModel {
  match: "all" | "any";
  parts: FilterPart[];
}
export type FilterPart = { kind: "test"; test: Test } | { kind: "other"; condition: Condition };

export const NO_FILTER: FilterModel = { match: "all", parts: [] };

function partOf(condition: Condition): FilterPart {
  return isTest(condition) ? { kind: "test", test: condition } : { kind: "other", condition };
}

export function modelOf(condition: Condition | undefined): FilterModel {
  if (!condition) return NO_FILTER;
  if ("and" in condition) return { match: "all", parts: condition.and.map(partOf) };
  if ("or" in condition) return { match: "any", parts: condition.or.map(partOf) };
  return { match: "all", parts: [partOf(condition)] };
}

export function conditionOf(model: FilterModel): Condition | undefined {
  const parts = model.parts.flatMap((part): Condition[] => (part.kind === "other" ? [part.condition] : isComplete(part.test) ? [part.test] : []));
  if (parts.length === 0) return undefined;
  if (parts.length === 1) return parts[0];
  return model.match === "all" ? { and: parts } : { or: parts };
}

/** Both must hold; used to put a fixed condition (a stage, a parent) around what the reader chose. */
export function both(a: Condition | undefined, b: Condition | undefined): Condition | undefined {
  if (!a) return b;
  if (!b) return a;
  return { and: [a, b] };
}

export function replacePart(model: FilterModel, index: number, part: FilterPart): FilterModel {
  return { ...model, parts: model.parts.map((old, i) => (i === index ? part : old)) };
}

export function removePart(model: FilterModel, index: number): FilterModel {
  return { ...model, parts: model.parts.filter((_, i) => i !== index) };
}
