import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "~/api/client";
import { modelLabel } from "~/lib/i18n";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { Choose, TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { nameFrom } from "../naming";
import { useSending } from "../useSending";
import { rolesQuery, type Role } from "./model";

/** A role of the organisation's own: it begins with what another one may do, and is then changed in the matrix. */
export function NewRole({ roles, onClose, onDone }: { roles: Role[]; onClose: () => void; onDone: (name: string) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [label, setLabel] = useState("");
  const [own, setOwn] = useState<string | null>(null);
  const [from, setFrom] = useState(roles.find((role) => role.name === "rep")?.name ?? roles[0]?.name ?? "");
  const name = own ?? nameFrom(label);
  const { busy, errors, other, submit } = useSending(["name", "label", "from"], async () => {
    await post("/roles", { name, label, from });
    await client.invalidateQueries({ queryKey: rolesQuery.queryKey });
    await client.invalidateQueries({ queryKey: ["objects"] });
    onDone(name);
  });
  return (
    <Dialog
      title={t("rights.newRole")}
      onClose={onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" look="primary" busy={busy} disabled={!label || !name || !from}>
            {t("form.create", { what: t("rights.role") })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {other ? <Note tone="dan">{other}</Note> : null}
        <Field label={t("admin.label")} required error={errors.label}>
          {(ids) => <TextInput {...ids} value={label} onValue={setLabel} autoFocus />}
        </Field>
        <Field label={t("rights.startsAs")} required help={t("rights.startsAsHelp")} error={errors.from}>
          {(ids) => <Choose {...ids} value={from} onValue={setFrom} options={roles.map((role) => ({ value: role.name, label: modelLabel(role.label) }))} />}
        </Field>
        <Field label={t("admin.name")} required help={t("rights.nameHelp")} error={errors.name}>
          {(ids) => <TextInput {...ids} className="font-mono" value={name} onValue={setOwn} />}
        </Field>
      </div>
    </Dialog>
  );
}
