import { isComplete, isTest, type Condition, type Op, type Test } from "./condition";
import { fieldOf, targetsOf, type FieldDef, type ObjectDef } from "./model";

/** A condition as people build it: tests, groups of which all or any hold, related records with their number; each may be turned round. */
export type FilterNode = TestNode | FilterGroup | RelatedNode;
export interface TestNode {
  kind: "test";
  test: Test;
  not?: boolean;
}
export interface FilterGroup {
  kind: "group";
  match: "all" | "any";
  parts: FilterNode[];
  not?: boolean;
}
export interface RelatedNode {
  kind: "related";
  related: string;
  via?: string;
  where: FilterGroup;
  count?: { op: Op; value: number };
  not?: boolean;
}

export const NO_FILTER: FilterGroup = { kind: "group", match: "all", parts: [] };

function nodeOf(condition: Condition): FilterNode {
  if (isTest(condition)) return { kind: "test", test: condition };
  if ("and" in condition) return { kind: "group", match: "all", parts: condition.and.map(nodeOf) };
  if ("or" in condition) return { kind: "group", match: "any", parts: condition.or.map(nodeOf) };
  if ("not" in condition) {
    const inner = nodeOf(condition.not);
    const { not, ...rest } = inner;
    return not ? (rest as FilterNode) : { ...inner, not: true };
  }
  return { kind: "related", related: condition.related, via: condition.via, where: groupOf(condition.where), count: condition.count };
}

/** The filter bar shows the parts of the outermost group; a single condition is a group of one. */
export function groupOf(condition: Condition | undefined): FilterGroup {
  if (!condition) return NO_FILTER;
  const node = nodeOf(condition);
  return node.kind === "group" && !node.not ? node : { ...NO_FILTER, parts: [node] };
}

/** Undefined for what is not complete yet: a half-built filter shows everything. */
export function conditionOf(node: FilterNode): Condition | undefined {
  const plain = plainOf(node);
  return plain && node.not ? { not: plain } : plain;
}

function plainOf(node: FilterNode): Condition | undefined {
  if (node.kind === "test") return isComplete(node.test) ? node.test : undefined;
  if (node.kind === "related") {
    const where = conditionOf(node.where);
    return { related: node.related, ...(node.via ? { via: node.via } : {}), ...(where ? { where } : {}), ...(node.count ? { count: node.count } : {}) };
  }
  const parts = node.parts.map(conditionOf).filter((part): part is Condition => part !== undefined);
  if (parts.length <= 1) return parts[0];
  return node.match === "all" ? { and: parts } : { or: parts };
}

export function isNodeComplete(node: FilterNode): boolean {
  if (node.kind === "test") return isComplete(node.test);
  if (node.kind === "related") return node.where.parts.every(isNodeComplete);
  return node.parts.length > 0 && node.parts.every(isNodeComplete);
}

/** Both must hold; used to put a fixed condition (a stage, a parent) around what the reader chose. */
export function both(a: Condition | undefined, b: Condition | undefined): Condition | undefined {
  if (!a) return b;
  if (!b) return a;
  return { and: [a, b] };
}

export function replacePart(group: FilterGroup, index: number, part: FilterNode): FilterGroup {
  return { ...group, parts: group.parts.map((old, i) => (i === index ? part : old)) };
}

export function removePart(group: FilterGroup, index: number): FilterGroup {
  return { ...group, parts: group.parts.filter((_, i) => i !== index) };
}

export interface Referrer {
  object: ObjectDef;
  field: FieldDef;
  /** There are several ways from that object to this one, so the field must be named. */
  several: boolean;
}

const WRITTEN_BY_ALL = ["id", "created_by", "updated_by", "owner", "team"];

/** References from elsewhere to an object; what every record has (owner, author) is left out. */
export function referrersOf(object: ObjectDef, objects: ObjectDef[], mayRead: (name: string) => boolean): Referrer[] {
  const points = (field: FieldDef) => {
    const targets = targetsOf(field);
    return !field.archived && !field.hidden && !field.masked && field.name !== "id" && (targets.includes(object.name) || targets.includes("*"));
  };
  return objects
    .filter((other) => !other.archived && mayRead(other.name))
    .flatMap((other) => {
      const ways = other.fields.filter(points);
      return ways.filter((field) => !WRITTEN_BY_ALL.includes(field.name)).map((field) => ({ object: other, field, several: ways.length > 1 }));
    });
}

export function viaField(related: ObjectDef | undefined, node: RelatedNode): FieldDef | undefined {
  return related && node.via ? fieldOf(related, node.via) : undefined;
}
