import { useTranslation } from "react-i18next";
import { modelLabel } from "~/lib/i18n";
import { useObjects } from "~/metadata/registry";
import { Choose, TextInput } from "~/ui/Input";
import type { FreshField } from "./mapping";

const TYPES = ["text", "long_text", "integer", "decimal", "money", "percent", "boolean", "date", "date_time", "choice", "email", "phone", "url", "reference", "user"];

/** A field made for a column: what it is called and what it holds. The choices of a list come from the column. */
export function FreshFieldForm({ fresh, onChange }: { fresh: FreshField; onChange: (fresh: FreshField) => void }) {
  const { t } = useTranslation();
  const objects = useObjects().filter((object) => !object.archived);
  return (
    <span className="mt-2 flex flex-col gap-2">
      <TextInput aria-label={t("import.freshLabel")} placeholder={t("import.freshLabel")} value={fresh.label} onValue={(label) => onChange({ ...fresh, label })} />
      <Choose aria-label={t("import.freshType")} value={fresh.type} onValue={(type) => onChange({ ...fresh, type, to: type === "reference" ? fresh.to : undefined })} options={TYPES.map((type) => ({ value: type, label: t(`type.${type}`) }))} />
      {fresh.type === "reference" ? (
        <Choose aria-label={t("admin.target")} value={fresh.to ?? ""} onValue={(to) => onChange({ ...fresh, to })} options={[{ value: "", label: t("import.choosePlease"), disabled: true }, ...objects.map((object) => ({ value: object.name, label: modelLabel(object.label) }))]} />
      ) : null}
    </span>
  );
}
