import { useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addPasskey, passkeys, removePasskey, renamePasskey, type Passkey } from "~/api/passkeys";
import { asApiError } from "~/api/problem";
import { passkeyError } from "~/areas/auth/passkeyWords";
import { formatMoment, formatMomentExact } from "~/lib/format";
import { hasPasskeys, isAddressOfNumbers } from "~/lib/passkeys";
import { Button, IconButton } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { showToast } from "~/ui/Toasts";

type Open = { kind: "add" } | { kind: "rename" | "remove"; passkey: Passkey };

/** Keys on devices and in password managers that sign in without a password. */
export function Passkeys() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const list = useQuery({ queryKey: ["auth", "passkeys"], queryFn: passkeys });
  const [open, setOpen] = useState<Open | null>(null);
  const items = list.data?.items ?? [];
  const refresh = () => client.invalidateQueries({ queryKey: ["auth", "passkeys"] });
  const origin = list.data?.origin;
  // Where they cannot work here, it is said where they can.
  const elsewhere = list.isSuccess && (!hasPasskeys() || isAddressOfNumbers() || !origin);
  return (
    <section className="sec" aria-labelledby="set-passkeys">
      <h2 className="sech" id="set-passkeys">
        {t("settings.passkeys.title")}
        {elsewhere ? null : (
          <Button small className="ms-auto" icon={<Plus size={14} />} onClick={() => setOpen({ kind: "add" })}>
            {t("settings.passkeys.add")}
          </Button>
        )}
      </h2>
      <p className="mb-2 text-text-2">{t("settings.passkeys.text")}</p>
      {list.isError ? <Note tone="dan">{asApiError(list.error).detail || t("state.error.server")}</Note> : null}
      {elsewhere ? <Note tone="inf">{!hasPasskeys() ? t("auth.passkey.unsupported") : origin ? t("settings.passkeys.elsewhere", { origin }) : t("settings.passkeys.nowhere")}</Note> : null}
      {list.isSuccess && items.length === 0 && !elsewhere ? <p className="text-text-3">{t("settings.passkeys.none")}</p> : null}
      <ul>
        {items.map((passkey) => (
          <li key={passkey.id} className="flex min-h-12 items-center gap-3 border-b border-line py-1 last:border-0">
            <KeyRound size={16} className="text-text-3" aria-hidden />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{passkey.name}</span>
              <span className="block truncate text-12 text-text-3" title={formatMomentExact(passkey.created_at)}>
                {t("settings.since", { when: formatMoment(passkey.created_at) })}
                {passkey.last_used_at ? `, ${t("settings.lastUsed", { when: formatMoment(passkey.last_used_at) })}` : `, ${t("settings.passkeys.unused")}`}
              </span>
              {passkey.suspect_at ? <span className="block text-12 text-danger">{t("settings.passkeys.suspect", { when: formatMoment(passkey.suspect_at) })}</span> : null}
            </span>
            <IconButton label={t("settings.passkeys.rename", { name: passkey.name })} onClick={() => setOpen({ kind: "rename", passkey })}>
              <Pencil size={14} />
            </IconButton>
            <IconButton label={t("settings.passkeys.remove", { name: passkey.name })} onClick={() => setOpen({ kind: "remove", passkey })}>
              <Trash2 size={14} />
            </IconButton>
          </li>
        ))}
      </ul>
      {open?.kind === "add" || open?.kind === "rename" ? <NamePasskey open={open} onClose={() => (setOpen(null), void refresh())} /> : null}
      {open?.kind === "remove" ? <RemovePasskey passkey={open.passkey} onClose={() => (setOpen(null), void refresh())} /> : null}
    </section>
  );
}

function NamePasskey({ open, onClose }: { open: Open; onClose: () => void }) {
  const { t } = useTranslation();
  const adds = open.kind === "add";
  const [name, setName] = useState(open.kind === "add" ? "" : open.passkey.name);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const save = async () => {
    if (!name.trim()) return;
    setBusy(true);
    setError(null);
    try {
      if (open.kind === "add") await addPasskey(name.trim());
      else await renamePasskey(open.passkey.id, name.trim());
      showToast({ text: t(adds ? "settings.passkeys.added" : "settings.passkeys.renamed") });
      onClose();
    } catch (thrown) {
      setError(passkeyError(thrown, t) ?? t("settings.passkeys.givenUp"));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t(adds ? "settings.passkeys.add" : "settings.passkeys.renameTitle")}
      onClose={onClose}
      onSubmit={() => void save()}
      footer={
        <Button type="submit" look="primary" busy={busy} disabled={!name.trim()}>
          {t(adds ? "settings.passkeys.make" : "action.save")}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        {error ? <Note tone="dan">{error}</Note> : null}
        <Field label={t("settings.passkeys.name")} help={adds ? t("settings.passkeys.nameHelp") : undefined} required>
          {(ids) => <TextInput {...ids} value={name} onValue={setName} maxLength={100} autoFocus />}
        </Field>
      </div>
    </Dialog>
  );
}

function RemovePasskey({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const remove = async () => {
    setBusy(true);
    setError(null);
    try {
      await removePasskey(passkey.id);
      showToast({ text: t("settings.passkeys.removed") });
      onClose();
    } catch (thrown) {
      setError(asApiError(thrown).detail || t("state.error.server"));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t("settings.passkeys.removeTitle")}
      onClose={onClose}
      onSubmit={() => void remove()}
      footer={
        <Button type="submit" look="danger-fill" busy={busy}>
          {t("settings.passkeys.removeNow")}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        {error ? <Note tone="dan">{error}</Note> : null}
        <p>{t("settings.passkeys.removeText", { name: passkey.name })}</p>
      </div>
    </Dialog>
  );
}
