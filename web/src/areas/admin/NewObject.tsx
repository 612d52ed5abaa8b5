import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "~/api/client";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { nameFrom } from "./naming";
import { useSending } from "./useSending";

export function NewObject({ onClose, onDone }: { onClose: () => void; onDone: (name: string) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [label, setLabel] = useState("");
  const [plural, setPlural] = useState("");
  const [own, setOwn] = useState<string | null>(null);
  const name = own ?? nameFrom(label);
  const { busy, errors, other, submit } = useSending(["name", "label", "plural_label"], async () => {
    await post(`/objects/${name}`, { name, label, plural_label: plural || label, fields: [{ name: "name", label: t("admin.firstField"), type: { text: {} }, required: true }] });
    await client.invalidateQueries({ queryKey: ["objects"] });
    await client.invalidateQueries({ queryKey: ["me", "rights"] });
    onDone(name);
  });
  return (
    <Dialog
      title={t("admin.newObject")}
      onClose={onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" look="primary" busy={busy} disabled={!label || !name}>
            {t("form.create", { what: t("admin.object") })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {other ? <Note tone="dan">{other}</Note> : null}
        <Field label={t("admin.label")} required error={errors.label}>
          {(ids) => <TextInput {...ids} value={label} onValue={setLabel} autoFocus />}
        </Field>
        <Field label={t("admin.pluralLabel")} error={errors.plural_label}>
          {(ids) => <TextInput {...ids} value={plural} onValue={setPlural} />}
        </Field>
        <Field label={t("admin.name")} required help={t("admin.nameHelp")} error={errors.name}>
          {(ids) => <TextInput {...ids} className="font-mono" value={name} onValue={setOwn} />}
        </Field>
      </div>
    </Dialog>
  );
}
