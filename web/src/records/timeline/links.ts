import type { RecordData } from "~/api/types";
import type { ObjectDef } from "~/metadata/model";

/**
 * How an interaction or task is tied to the record it is written on: a customer by its own field, so that the entry
 * follows the customer; anything else by `about`, together with the customer that record belongs to.
 */
export function linkTo(object: ObjectDef, record: RecordData): Record<string, unknown> {
  const id = (value: unknown) => (typeof value === "string" ? value : undefined);
  const links: Record<string, unknown> = {};
  if (object.name === "account") links.account = record.id;
  else if (object.name === "contact") {
    links.contact = record.id;
    links.account = id(record.account);
  } else {
    links.about = { object: object.name, id: record.id };
    links.account = id(record.account);
    links.contact = id(record.contact);
  }
  return Object.fromEntries(Object.entries(links).filter(([, value]) => value !== undefined));
}
