import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { archiveRecord, restoreRecord } from "~/api/records";
import { modelLabel } from "~/lib/i18n";
import { Button } from "~/ui/Button";
import { showToast } from "~/ui/Toasts";
import { rolesQuery, type Role } from "./model";

/** What a role is for, who has it, and the way back to how it came. */
export function RoleAbout({ role, editable, own }: { role: Role; editable: boolean; own: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const label = modelLabel(role.label);
  const attempt = async (action: () => Promise<unknown>, text: string, undo?: () => void) => {
    setBusy(true);
    try {
      await action();
      await client.invalidateQueries({ queryKey: rolesQuery.queryKey });
      showToast({ text, undo });
    } catch (error) {
      const problem = asApiError(error);
      showToast({ text: problem.errors[0]?.detail || problem.detail || t("state.error.server"), failed: true });
    } finally {
      setBusy(false);
    }
  };
  const back = (record: string) => attempt(() => archiveRecord("role", record), t("rights.backDone", { role: label }), () => void attempt(() => restoreRecord("role", record), t("rights.undone")));
  const facts = [
    t("rights.people", { count: role.people }),
    role.external ? t("rights.external") : "",
    role.mask_from ? t("rights.maskFrom", { what: role.mask_from }) : "",
    role.min_group ? t("rights.minGroup", { count: role.min_group }) : "",
    role.record ? t("rights.changed") : t("rights.shipped"),
    own ? t("rights.own") : "",
  ].filter(Boolean);
  return (
    <div className="flex flex-wrap items-center gap-3 border-b border-line px-5 py-2 max-[640px]:px-4">
      <div className="min-w-0 flex-1">
        <p className="text-text-2">{role.description}</p>
        <p className="text-12 text-text-3">{facts.join(" · ")}</p>
      </div>
      {role.record ? (
        <>
          <Link className="link text-12" to="/$object/$id" params={{ object: "role", id: role.record }}>
            {t("rights.definition")}
          </Link>
          {editable ? (
            <Button small busy={busy} icon={<RotateCcw size={14} />} onClick={() => void (role.record && back(role.record))}>
              {t("rights.back")}
            </Button>
          ) : null}
        </>
      ) : null}
    </div>
  );
}
