import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Search } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { sessionQuery } from "~/api/session";
import { modelLabel } from "~/lib/i18n";
import { usePhone } from "~/lib/media";
import { useCapability, useObjects } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { Choose, TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { ErrorState, useSlow } from "~/ui/States";
import { Matrix } from "./Matrix";
import { RIGHTS, rolesQuery, withValue, type Draft, type Right, type Role, type Spot, type SpotValue } from "./model";
import { NewRole } from "./NewRole";
import { RoleAbout } from "./RoleAbout";
import "./roles.css";
import { objectGroups } from "./rows";
import { SaveBar } from "./SaveBar";
import { Value } from "./Value";

const NONE: string[] = [];

/** Every role over every object, and the way to change it. */
export function RolesPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const phone = usePhone();
  const objects = useObjects();
  const mayManage = useCapability("manage_roles");
  const mine = useQuery(sessionQuery).data?.user.roles ?? NONE;
  const asked = useQuery(rolesQuery);
  const slow = useSlow(asked.isPending);
  const search = useSearch({ strict: false }) as { role?: string; right?: string };
  const [draft, setDraft] = useState<Draft>(new Map());
  const [find, setFind] = useState("");
  const [making, setMaking] = useState(false);
  const items = asked.data?.items;
  const roles = items ?? [];
  // A phone has no room for all roles beside each other.
  const one = roles.find((role) => role.name === search.role) ?? (phone ? roles[0] : undefined);
  const right = search.right === "actions" ? "actions" : (RIGHTS.find((r) => r === search.right) ?? "read");
  const go = (next: { role?: string; right?: string }) => void navigate({ to: "/admin/roles", search: { role: search.role, right: search.right, ...next }, replace: true });
  const mayChange = useCallback((role: Role) => mayManage && !mine.includes(role.name), [mayManage, mine]);
  const change = useCallback((role: Role, spot: Spot, value: SpotValue) => setDraft((old) => withValue(old, role, spot, value)), []);
  const groups = useMemo(() => objectGroups(objects, (name) => Boolean(items?.some((role) => name in role.objects)), find), [objects, items, find]);
  const shown = useMemo(() => (one ? [one] : (items ?? [])), [one, items]);
  return (
    <>
      <header className="top">
        <h1>{t("admin.roles")}</h1>
        {mayManage && roles.length ? (
          <Button small look="primary" className="ms-auto" icon={<Plus size={16} />} onClick={() => setMaking(true)}>
            {t("rights.newRole")}
          </Button>
        ) : null}
      </header>
      {making ? (
        <NewRole
          roles={roles}
          onClose={() => setMaking(false)}
          onDone={(name) => {
            setMaking(false);
            go({ role: name });
          }}
        />
      ) : null}
      {asked.isError ? (
        <ErrorState error={asApiError(asked.error)} title={t("rights.failed")} retry={() => void asked.refetch()} />
      ) : (
        <>
          <div className="bar flex-wrap">
            <Choose
              className="max-w-52"
              aria-label={t("rights.role")}
              value={one?.name ?? ""}
              onValue={(name) => go({ role: name || undefined })}
              options={[...(phone ? [] : [{ value: "", label: t("rights.all") }]), ...roles.map((role) => ({ value: role.name, label: modelLabel(role.label) }))]}
            />
            {one ? null : (
              <div className="seg" role="group" aria-label={t("rights.right")}>
                {[...RIGHTS, "actions" as const].map((r) => (
                  <button key={r} type="button" aria-pressed={right === r} onClick={() => go({ right: r === "read" ? undefined : r })}>
                    {t(`rights.${r}`)}
                  </button>
                ))}
              </div>
            )}
            {one || right !== "actions" ? <TextInput className="max-w-48" icon={<Search size={14} aria-hidden />} aria-label={t("rights.find")} placeholder={t("rights.find")} value={find} onValue={setFind} /> : null}
            <Legend />
          </div>
          {one ? <RoleAbout role={one} editable={mayChange(one)} own={mine.includes(one.name)} /> : null}
          {asked.isSuccess && !mayManage ? (
            <Note className="mx-5 my-2">{t("rights.readOnly")}</Note>
          ) : null}
          {slow ? <Waiting /> : null}
          {asked.data ? (
            groups.length || right === "actions" ? (
              <Matrix roles={shown} right={one ? "every" : (right as Right | "actions")} groups={groups} actions={find && one ? [] : asked.data.capabilities} draft={draft} mayChange={mayChange} mine={mine} onValue={change} onRole={(name) => go({ role: name })} />
            ) : (
              <p className="flex-1 px-5 py-6 text-text-3">{t("rights.noObject", { q: find })}</p>
            )
          ) : null}
          <SaveBar roles={roles} draft={draft} onDiscard={() => setDraft(new Map())} onSaved={(role) => setDraft((old) => new Map([...old].filter(([, one]) => one.spot.role !== role)))} />
        </>
      )}
    </>
  );
}

function Legend() {
  const { t } = useTranslation();
  return (
    <ul className="no-phone ms-auto flex flex-wrap items-center gap-3 text-12 text-text-2" aria-hidden>
      {(["all", "below", "own"] as const).map((reach) => (
        <li key={reach} className="reach-legend">
          <Value value={reach} />
          <span>{t(`rights.legend.${reach}`)}</span>
        </li>
      ))}
    </ul>
  );
}

function Waiting() {
  return (
    <div className="flex flex-1 flex-col gap-5 p-5">
      {Array.from({ length: 12 }, (_, row) => (
        <span key={row} className="skel w-full" />
      ))}
    </div>
  );
}
