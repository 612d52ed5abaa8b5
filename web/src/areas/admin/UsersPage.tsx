import { useTranslation } from "react-i18next";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useObject, useCan } from "~/metadata/registry";
import { ListView } from "~/records/list/ListView";
import { differenceOf, parseListSearch, resolveView, type ViewState } from "~/records/list/search";
import { useShell } from "~/records/shellContext";
import { Button } from "~/ui/Button";

const USUAL: ViewState = { kind: "table", columns: "name,email,roles,manager,active,updated_at" };

/** Staff and their sign-ins: the same list as any other, with the columns that matter here. */
export function UsersPage() {
  const { t } = useTranslation();
  const user = useObject("user");
  const can = useCan("user");
  const { create } = useShell();
  const navigate = useNavigate();
  const search = parseListSearch(useSearch({ strict: false }) as Record<string, unknown>);
  const state = resolveView(search, USUAL);
  const go = (next: object) => void navigate({ to: ".", search: (old: Record<string, unknown>) => ({ ...old, ...next }), replace: true });
  if (!user) return null;
  return (
    <>
      <header className="top">
        <h1>{t("admin.users")}</h1>
        {can.create ? (
          <Button small look="primary" className="ms-auto" icon={<Plus size={16} />} onClick={() => create("user")}>
            {t("admin.newUser")}
          </Button>
        ) : null}
      </header>
      <ListView object={user} state={state} peek={search.peek} onChange={(next) => go(differenceOf({ ...state, ...next }, USUAL))} onPeek={(peek) => go({ peek })} />
    </>
  );
}
