import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { erasePerson, erasureQuery, fetchCopy } from "~/api/person";
import { asApiError } from "~/api/problem";
import { modelLabel } from "~/lib/i18n";
import { useObjects } from "~/metadata/registry";
import type { ObjectDef } from "~/metadata/model";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { showToast } from "~/ui/Toasts";

/** What a person may ask for: a copy of all that is kept about them, and to be erased. */
export default function PersonData({ object, id, title, onClose }: { object: ObjectDef; id: string; title: string; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const [busy, setBusy] = useState<string | null>(null);
  const [failed, setFailed] = useState("");
  const save = async (format: "json" | "html") => {
    setBusy(format);
    setFailed("");
    try {
      const url = URL.createObjectURL(await fetchCopy(object.name, id, format, i18n.language.startsWith("de") ? "de" : "en"));
      const link = Object.assign(document.createElement("a"), { href: url, download: `${title || "copy"}.${format}` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    } catch (error) {
      setFailed(asApiError(error).detail || t("state.error.server"));
    } finally {
      setBusy(null);
    }
  };
  return (
    <Dialog title={t("person.title", { what: title })} width={560} onClose={onClose}>
      <div className="flex flex-col gap-6">
        {failed ? <Note tone="dan">{failed}</Note> : null}
        <section className="flex flex-col gap-3" aria-labelledby="person-copy">
          <h3 id="person-copy" className="text-14 font-semibold">
            {t("person.copy")}
          </h3>
          <p className="text-text-2">{t("person.copyHelp")}</p>
          <div className="flex flex-wrap gap-2">
            <Button icon={<Download size={16} />} busy={busy === "html"} onClick={() => void save("html")}>
              {t("person.page")}
            </Button>
            <Button icon={<Download size={16} />} busy={busy === "json"} onClick={() => void save("json")}>
              {t("person.file")}
            </Button>
          </div>
        </section>
        <Erasing object={object} id={id} title={title} onClose={onClose} />
      </div>
    </Dialog>
  );
}

/** What goes, what the law keeps and why; and the name typed before it is done, since there is no way back. */
function Erasing({ object, id, title, onClose }: { object: ObjectDef; id: string; title: string; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const objects = useObjects();
  const asked = useQuery(erasureQuery(object.name, id));
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState("");
  const plural = (name: string) => modelLabel(objects.find((o) => o.name === name)?.plural_label ?? name);
  const day = (at: string) => new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium" }).format(new Date(at));
  const plan = asked.data;
  const erase = async () => {
    setBusy(true);
    setFailed("");
    try {
      await erasePerson(object.name, id);
      await client.invalidateQueries();
      showToast({ text: t("person.erased", { what: title }) });
      onClose();
    } catch (error) {
      setFailed(asApiError(error).detail || t("state.error.server"));
      setBusy(false);
    }
  };
  return (
    <section className="flex flex-col gap-3" aria-labelledby="person-erase">
      <h3 id="person-erase" className="text-14 font-semibold">
        {t("person.erase")}
      </h3>
      {asked.isError || failed ? <Note tone="dan">{failed || asApiError(asked.error).detail || t("state.error.server")}</Note> : null}
      {asked.isPending ? <span className="skel w-full" /> : null}
      {plan && plan.status !== "preview" ? <Note>{t("person.isErased")}</Note> : null}
      {plan?.status === "preview" ? (
        <>
          <p className="text-text-2">{t("person.eraseHelp")}</p>
          <ul className="flex flex-col gap-1">
            {Object.entries(plan.erased ?? {}).map(([name, count]) => (
              <li key={name}>{t("person.goes", { count, what: plural(name) })}</li>
            ))}
            {(plan.kept ?? []).map((kept) => (
              <li key={kept.object} className="text-text-2">
                {t("person.kept", { count: kept.count, what: plural(kept.object), until: day(kept.until) })}
              </li>
            ))}
          </ul>
          {plan.held ? (
            <Note tone="war">{t("person.held")}</Note>
          ) : (
            <>
              <Field label={t("person.type", { what: title })}>{(ids) => <TextInput {...ids} value={typed} onValue={setTyped} autoComplete="off" />}</Field>
              <Button look="danger-fill" className="self-start" busy={busy} disabled={typed.trim() !== title.trim() || !title} onClick={() => void erase()}>
                {t("person.doErase")}
              </Button>
            </>
          )}
        </>
      ) : null}
    </section>
  );
}
