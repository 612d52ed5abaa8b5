import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "~/api/client";
import { modelLabel, modelWord } from "~/lib/i18n";
import type { FieldType, ObjectDef } from "~/metadata/model";
import { useObjects } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { Checkbox } from "~/ui/Checkbox";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { Choose, TextArea, TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { showToast } from "~/ui/Toasts";
import { typeOfForm } from "./fieldForm";
import { nameFrom } from "./naming";
import { useSending } from "./useSending";

const TYPES: FieldType[] = ["text", "long_text", "choice", "multi_choice", "integer", "decimal", "percent", "money", "boolean", "date", "date_time", "duration", "email", "phone", "url", "reference", "user", "file", "many_to_many", "address", "geo_point", "autonumber", "formula"];

export function NewField({ object, onClose }: { object: ObjectDef; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const objects = useObjects();
  const [label, setLabel] = useState("");
  const [own, setOwn] = useState<string | null>(null);
  const [type, setType] = useState<FieldType>("text");
  const [detail, setDetail] = useState("");
  const [result, setResult] = useState<FieldType>("decimal");
  const [required, setRequired] = useState(false);
  const [sensitivity, setSensitivity] = useState("internal");
  const [help, setHelp] = useState("");
  const name = own ?? nameFrom(label);
  const { busy, errors, other, submit } = useSending(["name", "label", "type"], async () => {
    const definition = { name, label, type: typeOfForm(type, detail, result), ...(required ? { required } : {}), sensitivity, ...(help ? { help } : {}) };
    await post(`/objects/${object.name}/fields`, definition);
    await client.invalidateQueries({ queryKey: ["objects"] });
    showToast({ text: t("admin.fieldAdded", { what: label }) });
    onClose();
  });
  const choice = type === "choice" || type === "multi_choice";
  const link = type === "reference" || type === "many_to_many";
  return (
    <Dialog
      title={t("admin.newField", { what: modelWord(object.label) })}
      onClose={onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" look="primary" busy={busy} disabled={!label || !name || (choice && !detail.trim())}>
            {t("admin.addField")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {other ? <Note tone="dan">{other}</Note> : null}
        <Field label={t("admin.label")} required error={errors.label}>
          {(ids) => <TextInput {...ids} value={label} onValue={setLabel} autoFocus />}
        </Field>
        <Field label={t("admin.type")} error={errors.type}>
          {(ids) => (
            <Choose
              {...ids}
              value={type}
              onValue={(value) => {
                setType(value as FieldType);
                setDetail(value === "reference" || value === "many_to_many" ? (objects[0]?.name ?? "") : "");
              }}
              options={TYPES.map((value) => ({ value, label: t(`type.${value}`) }))}
            />
          )}
        </Field>
        {choice ? (
          <Field label={t("admin.options")} help={t("admin.optionsHelp")} required>
            {(ids) => <TextArea {...ids} rows={4} value={detail} onValue={setDetail} />}
          </Field>
        ) : null}
        {link ? <Field label={t("admin.target")}>{(ids) => <Choose {...ids} value={detail} onValue={setDetail} options={objects.map((o) => ({ value: o.name, label: modelLabel(o.label) }))} />}</Field> : null}
        {type === "autonumber" ? (
          <Field label={t("admin.pattern")} help={t("admin.patternHelp")}>
            {(ids) => <TextInput {...ids} className="font-mono" value={detail} onValue={setDetail} />}
          </Field>
        ) : null}
        {type === "formula" ? (
          <>
            <Field label={t("admin.expression")} help={t("admin.expressionHelp")}>
              {(ids) => <TextInput {...ids} className="font-mono" value={detail} onValue={setDetail} />}
            </Field>
            <Field label={t("admin.result")}>{(ids) => <Choose {...ids} value={result} onValue={(value) => setResult(value as FieldType)} options={["text", "integer", "decimal", "percent", "money", "boolean", "date"].map((value) => ({ value, label: t(`type.${value}`) }))} />}</Field>
          </>
        ) : null}
        <Field label={t("admin.sensitivity")} help={t("admin.sensitivityHelp")}>
          {(ids) => <Choose {...ids} value={sensitivity} onValue={setSensitivity} options={["public", "internal", "personal", "special"].map((value) => ({ value, label: t(`sensitivity.${value}`) }))} />}
        </Field>
        <Field label={t("admin.help")}>{(ids) => <TextInput {...ids} value={help} onValue={setHelp} />}</Field>
        <Checkbox checked={required} onChange={setRequired} label={t("form.required")} />
        <Field label={t("admin.name")} help={t("admin.nameHelp")} error={errors.name}>
          {(ids) => <TextInput {...ids} className="font-mono" value={name} onValue={setOwn} />}
        </Field>
      </div>
    </Dialog>
  );
}
