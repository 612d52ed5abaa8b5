import { typeOf, valueTypeOf, type FieldDef, type FieldType } from "~/metadata/model";
import { choice, multiChoice } from "./choice";
import { address, geoPoint, personName } from "./composite";
import { date, dateTime } from "./date";
import { isEmpty, type DisplayProps, type FieldKit } from "./kit";
import { boolean, decimal, duration, integer, money, percent, rollUp } from "./number";
import { file, manyToMany, reference, user } from "./reference";
import { autonumber, link, longText, phone, text } from "./text";
import { HiddenValue } from "./hidden";

/** Every field type of the contract. A type without a kit does not compile. */
export const FIELD_KITS: Record<FieldType, FieldKit> = {
  text, long_text: longText, rich_text: longText, email: link, phone, url: link, choice, autonumber, integer, duration, decimal, percent, money, boolean,
  date, date_time: dateTime, multi_choice: multiChoice, reference, user, file, many_to_many: manyToMany, geo_point: geoPoint, address, person_name: personName,
  formula: text, roll_up: rollUp,
};

/** The kit for a field; a formula gets that of its result. A type of a newer server shows as text. */
export function kitOf(field: FieldDef): FieldKit {
  return FIELD_KITS[valueTypeOf(field)] ?? FIELD_KITS[typeOf(field)] ?? FIELD_KITS.text;
}

export function FieldValue(props: DisplayProps) {
  if (props.field.hidden || props.field.masked) return <HiddenValue masked={Boolean(props.field.masked)} />;
  if (isEmpty(props.value)) return null;
  const { Display } = kitOf(props.field);
  return <Display {...props} />;
}

export { isEmpty } from "./kit";
export type { DisplayProps, FieldKit, InputProps } from "./kit";
