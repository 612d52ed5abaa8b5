import { fieldOf, singleTarget, type ObjectDef } from "~/metadata/model";

/** A board needs a reference to a stage that has a position and a kind. */
export function hasBoard(object: ObjectDef): boolean {
  const stage = fieldOf(object, "stage");
  return stage !== undefined && singleTarget(stage) === "stage";
}
