import { useQueryClient } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { modelLabel } from "~/lib/i18n";
import { useObjects } from "~/metadata/registry";
import { Badge } from "~/ui/Badge";
import { Button } from "~/ui/Button";
import { Note } from "~/ui/Note";
import { showToast } from "~/ui/Toasts";
import { bodiesOf, changeRole, rolesQuery, valueOf, type Draft, type Role, type Spot, type SpotValue } from "./model";
import { wordOf } from "./Value";

/** What is changed and not saved, in words, with whom it concerns. What the server refuses stays here with its reason. */
export function SaveBar({ roles, draft, onSaved, onDiscard }: { roles: Role[]; draft: Draft; onSaved: (role: string) => void; onDiscard: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const objects = useObjects();
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<string[]>([]);
  const changes = [...draft.values()];
  const roleOf = (spot: Spot) => roles.find((role) => role.name === spot.role);
  const people = roles.filter((role) => changes.some(({ spot }) => spot.role === role.name)).reduce((sum, role) => sum + role.people, 0);
  const send = async (wanted: { spot: Spot; value: SpotValue }[], done: (role: string) => void): Promise<string[]> => {
    const refused: string[] = [];
    for (const [role, body] of bodiesOf(wanted)) {
      try {
        await changeRole(role, body);
        done(role);
      } catch (error) {
        const problem = asApiError(error);
        const label = modelLabel(roles.find((one) => one.name === role)?.label ?? role);
        refused.push(`${label}: ${problem.errors.map((one) => one.detail).join(" ") || problem.detail || t(problem.isOffline ? "state.error.offline" : "state.error.server")}`);
      }
    }
    await client.invalidateQueries({ queryKey: rolesQuery.queryKey });
    return refused;
  };
  const save = async () => {
    setBusy(true);
    const before = changes.flatMap(({ spot }) => {
      const role = roleOf(spot);
      return role ? [{ spot, value: valueOf(role, spot) }] : [];
    });
    const saved = new Set<string>();
    const refused = await send(changes, (role) => {
      saved.add(role);
      onSaved(role);
    });
    setErrors(refused);
    setBusy(false);
    const back = before.filter(({ spot }) => saved.has(spot.role));
    if (!back.length) return;
    const undo = async () => {
      const failed = await send(back, () => undefined);
      showToast(failed.length ? { text: failed.join(" "), failed: true } : { text: t("rights.undone") });
    };
    showToast({ text: t("rights.saved", { count: back.length }), undo });
  };
  if (!changes.length) return null;
  const wordsOf = ({ spot, value }: { spot: Spot; value: SpotValue }) => {
    const role = roleOf(spot);
    const object = objects.find((one) => one.name === spot.row);
    const child = object?.sharing === "parent";
    const subject = spot.right === null ? t(`rights.cap.${spot.row}`, { defaultValue: spot.row }) : `${t(`rights.${spot.right}`)}, ${modelLabel(object?.plural_label ?? spot.row)}`;
    return t("rights.one", { what: `${modelLabel(role?.label ?? spot.role)}: ${subject}`, before: wordOf(role ? valueOf(role, spot) : "none", child), after: wordOf(value, child) });
  };
  return (
    <section className="border-t border-line px-5 py-3" aria-label={t("rights.changes", { count: changes.length })}>
      {errors.length ? (
        <Note tone="dan" className="mb-2">
          {errors.map((error) => (
            <p key={error}>{error}</p>
          ))}
        </Note>
      ) : null}
      <div className="flex flex-wrap items-center gap-3">
        <Badge tone="war">
          <Pencil size={12} aria-hidden /> {t("rights.changes", { count: changes.length })}
        </Badge>
        <div className="min-w-60 flex-1 text-text-2">
          <ul className="max-h-24 overflow-auto">
            {changes.map((change) => (
              <li key={wordsOf(change)}>{wordsOf(change)}</li>
            ))}
          </ul>
          <p className="text-12 text-text-3">{t("rights.peopleNow", { count: people })}</p>
        </div>
        <Button
          small
          look="quiet"
          onClick={() => {
            setErrors([]);
            onDiscard();
          }}
        >
          {t("rights.discard")}
        </Button>
        <Button small look="primary" busy={busy} onClick={() => void save()}>
          {t("rights.save")}
        </Button>
      </div>
    </section>
  );
}
