import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Copy, Key, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { createToken, revokeToken, tokens } from "~/api/session";
import { formatDateLong, formatMoment } from "~/lib/format";
import { Button, IconButton } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { Choose, TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { showToast } from "~/ui/Toasts";

/** Tokens for other programs. The secret is shown once. */
export function Tokens() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const list = useQuery({ queryKey: ["auth", "tokens"], queryFn: tokens });
  const refresh = () => client.invalidateQueries({ queryKey: ["auth", "tokens"] });
  const revoke = async (id: string) => {
    try {
      await revokeToken(id);
      await refresh();
    } catch (error) {
      showToast({ text: asApiError(error).detail || t("state.error.server"), failed: true });
    }
  };
  const items = list.data?.items ?? [];
  return (
    <section className="sec" aria-labelledby="set-tokens">
      <h2 className="sech" id="set-tokens">
        {t("settings.tokens")}
        <Button small className="ms-auto" icon={<Plus size={14} />} onClick={() => setAdding(true)}>
          {t("settings.newToken")}
        </Button>
      </h2>
      {list.isError ? <Note tone="dan">{asApiError(list.error).detail || t("state.error.server")}</Note> : null}
      {list.isSuccess && items.length === 0 ? <p className="text-text-3">{t("settings.noTokens")}</p> : null}
      <ul>
        {items.map((token) => (
          <li key={token.id} className="flex min-h-12 items-center gap-3 border-b border-line py-1 last:border-0">
            <Key size={16} className="text-text-3" aria-hidden />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{token.name || t("settings.unnamed")}</span>
              <span className="block truncate text-12 text-text-3">{[token.scopes?.join(", "), token.expires_at ? t("settings.until", { when: formatDateLong(new Date(token.expires_at)) }) : "", token.last_used_at ? t("settings.lastUsed", { when: formatMoment(token.last_used_at) }) : ""].filter(Boolean).join(" · ")}</span>
            </span>
            <Button small look="danger" onClick={() => void revoke(token.id)}>
              {t("settings.revoke")}
            </Button>
          </li>
        ))}
      </ul>
      {adding ? <NewToken onClose={() => (setAdding(false), void refresh())} /> : null}
    </section>
  );
}

function NewToken({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [scope, setScope] = useState("");
  const [secret, setSecret] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const make = async () => {
    setBusy(true);
    setError(null);
    try {
      setSecret((await createToken(name.trim(), Number(days), scope.split(/[\s,]+/).filter(Boolean))).token);
    } catch (thrown) {
      const problem = asApiError(thrown);
      setError(problem.errors.map((e) => e.detail).join(" ") || problem.detail || t("state.error.server"));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t("settings.newToken")}
      onClose={onClose}
      onSubmit={secret ? onClose : () => void make()}
      footer={
        <Button type="submit" look="primary" busy={busy} disabled={!secret && !name.trim()}>
          {secret ? t("action.done") : t("settings.newToken")}
        </Button>
      }
    >
      {secret ? (
        <div className="flex flex-col gap-3">
          <Note tone="war">{t("settings.tokenOnce")}</Note>
          <div className="flex items-center gap-2">
            <code className="min-w-0 flex-1 rounded-md bg-sunken p-2 font-mono text-12 break-all select-all">{secret}</code>
            <IconButton label={t("action.copy")} onClick={() => void navigator.clipboard?.writeText(secret)}>
              <Copy size={16} />
            </IconButton>
          </div>
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          {error ? <Note tone="dan">{error}</Note> : null}
          <Field label={t("settings.tokenName")} required>
            {(ids) => <TextInput {...ids} value={name} onValue={setName} autoFocus />}
          </Field>
          <Field label={t("settings.tokenDays")}>{(ids) => <Choose {...ids} value={days} onValue={setDays} options={["7", "30", "90", "365"].map((d) => ({ value: d, label: t("path.daysLong", { count: Number(d) }) }))} />}</Field>
          <Field label={t("settings.tokenScopes")} help={t("settings.tokenScopesHelp")}>
            {(ids) => <TextInput {...ids} value={scope} onValue={setScope} />}
          </Field>
        </div>
      )}
    </Dialog>
  );
}
