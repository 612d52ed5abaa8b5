import { Archive, ArchiveRestore, Copy, Ellipsis, Eye, UserRoundX } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { screen } from "~/lib/i18n";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { archiveRecord, restoreRecord } from "~/api/records";
import type { RecordData } from "~/api/types";
import { isEmpty } from "~/fields";
import { titleOf, useCan, useCapability } from "~/metadata/registry";
import type { ObjectDef } from "~/metadata/model";
import { IconButton } from "~/ui/Button";
import { MenuButton } from "~/ui/Menu";
import { showToast } from "~/ui/Toasts";

const AccessDialog = lazy(() => screen(import("./AccessDialog")));
const PersonData = lazy(() => screen(import("./PersonData")));

/** Records that stand for a person, or for people who live together. */
const isPerson = (object: ObjectDef, record: RecordData) => object.name === "contact" || object.name === "lead" || (object.name === "account" && record.kind === "household");

export function RecordMenu({ object, record, star }: { object: ObjectDef; record: RecordData; star: ReactNode }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const can = useCan(object.name);
  const [access, setAccess] = useState(false);
  const [person, setPerson] = useState(false);
  const mayErase = useCapability("erase");
  const title = titleOf(object, record);
  const refresh = () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === object.name });
  const attempt = async (action: () => Promise<unknown>, text: string, back: () => Promise<unknown>) => {
    try {
      await action();
      await refresh();
      showToast({ text, undo: async () => void (await back().then(refresh, (error: unknown) => showToast({ text: asApiError(error).detail || t("undo.failed"), failed: true }))) });
    } catch (error) {
      showToast({ text: asApiError(error).detail || t("state.error.server"), failed: true });
    }
  };
  const archive = () => attempt(() => archiveRecord(object.name, record.id), t("record.archived", { what: title }), () => restoreRecord(object.name, record.id));
  const restore = () => attempt(() => restoreRecord(object.name, record.id), t("record.restored", { what: title }), () => archiveRecord(object.name, record.id));
  const archived = !isEmpty(record.archived_at);
  return (
    <span className="flex items-center gap-1 not-[[role=group]+&]:ms-auto">
      <Suspense fallback={<span className="btn gho sm ic" aria-hidden />}>{star}</Suspense>
      <IconButton label={t("access.title")} onClick={() => setAccess(true)}>
        <Eye size={16} />
      </IconButton>
      <MenuButton
        label={t("action.moreActions")}
        buttonClass="btn gho sm ic"
        groups={[
          { items: [{ id: "copy", label: t("record.copyLink"), icon: <Copy size={16} />, onAction: () => void navigator.clipboard?.writeText(window.location.href).then(() => showToast({ text: t("record.linkCopied") })) }] },
          { items: mayErase && isPerson(object, record) ? [{ id: "person", label: t("person.open"), icon: <UserRoundX size={16} />, onAction: () => setPerson(true) }] : [] },
          {
            items: can.delete
              ? [archived ? { id: "restore", label: t("action.restore"), icon: <ArchiveRestore size={16} />, onAction: () => void restore() } : { id: "archive", label: t("action.archive"), icon: <Archive size={16} />, danger: true, onAction: () => void archive() }]
              : [],
          },
        ]}
      >
        <Ellipsis size={16} aria-hidden />
      </MenuButton>
      <Suspense>{access ? <AccessDialog object={object} id={record.id} onClose={() => setAccess(false)} /> : null}</Suspense>
      <Suspense>{person ? <PersonData object={object} id={record.id} title={title} onClose={() => setPerson(false)} /> : null}</Suspense>
    </span>
  );
}
