import { modelLabel } from "~/lib/i18n";
import { fieldOf, singleTarget, type FieldDef, type ObjectDef } from "~/metadata/model";

/** The field of a path like `account.industry`, when its first step is on this object. Only the first step is known without the registry. */
export function fieldAt(object: ObjectDef, path: string, objects?: ObjectDef[]): FieldDef | undefined {
  const [first = "", ...rest] = path.split(".");
  const field = fieldOf(object, first);
  if (!field || rest.length === 0) return field;
  const target = objects?.find((candidate) => candidate.name === singleTarget(field));
  return target ? fieldAt(target, rest.join("."), objects) : objects ? undefined : field;
}

export function pathLabel(object: ObjectDef, path: string, objects: ObjectDef[]): string {
  const [first = "", ...rest] = path.split(".");
  const field = fieldOf(object, first);
  if (!field) return path;
  const target = objects.find((candidate) => candidate.name === singleTarget(field));
  return rest.length && target ? `${modelLabel(field.label)} › ${pathLabel(target, rest.join("."), objects)}` : modelLabel(field.label);
}
