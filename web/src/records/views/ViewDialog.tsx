import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError, type ApiError } from "~/api/problem";
import { sessionQuery } from "~/api/session";
import { useTitle } from "~/fields/reference";
import type { ObjectDef } from "~/metadata/model";
import { useCapability } from "~/metadata/registry";
import type { ViewState } from "~/records/list/search";
import { Button } from "~/ui/Button";
import { Checkbox } from "~/ui/Checkbox";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { Choose, TextInput } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { recordOf, teamIds, type SavedView, type Shared, type Views } from "./savedViews";
import type { DialogFor } from "./ViewTabs";

/** The name of a view and who finds it among their tabs. What it shows is what is on screen. */
export default function ViewDialog({ object, views, state, subject, onClose, onSaved }: { object: ObjectDef; views: Views; state: ViewState; subject: NonNullable<DialogFor>; onClose: () => void; onSaved: (view: SavedView) => void }) {
  const { t } = useTranslation();
  const session = useQuery(sessionQuery).data;
  const teams = teamIds(session);
  const configures = useCapability("configure");
  const old = subject.kind === "edit" ? subject.view : null;
  const [name, setName] = useState(old?.name ?? "");
  const [shared, setShared] = useState<Shared>(old?.shared ?? "private");
  const [team, setTeam] = useState(old?.team ?? teams[0] ?? "");
  const [standard, setStandard] = useState(old?.standard ?? false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const mayBeFirst = shared === "private" || configures;

  const submit = async () => {
    setBusy(true);
    setProblem(null);
    const values = { name: name.trim(), shared, standard: standard && mayBeFirst, ...(shared === "team" && team ? { team } : {}) };
    try {
      const last = Math.max(0, ...views.views.map((view) => view.position));
      onSaved(old ? await views.update(old, values) : await views.create({ ...recordOf(state), ...values, position: last + 1 }));
    } catch (error) {
      setProblem(asApiError(error));
      setBusy(false);
    }
  };
  const errorOf = (field: string) => problem?.errors.find((e) => e.field === field)?.detail;
  const known = ["name", "shared", "team", "standard"];
  const general = problem && !problem.errors.some((e) => known.includes(e.field)) ? problem.errors[0]?.detail || problem.detail || t(problem.isOffline ? "state.error.offline" : "state.error.server") : null;
  const choices: { value: Shared; label: string; disabled?: boolean }[] = [
    { value: "private", label: t("view.for.private") },
    { value: "team", label: t("view.for.team"), disabled: teams.length === 0 && shared !== "team" },
    { value: "everybody", label: t("view.for.everybody") },
  ];
  return (
    <Dialog
      title={t(old ? "view.edit" : "view.saveNew")}
      width={440}
      onClose={onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" look="primary" busy={busy} disabled={!name.trim()}>
            {t(old ? "action.save" : "view.save")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {general ? <Note tone="dan">{general}</Note> : null}
        <Field label={t("view.name")} required error={errorOf("name")}>
          {(ids) => <TextInput {...ids} autoFocus maxLength={80} dir="auto" autoComplete="off" value={name} onValue={setName} />}
        </Field>
        <Field label={t("view.forWhom")} help={t(`view.help.${shared}`)} error={errorOf("shared")}>
          {(ids) => <Choose {...ids} value={shared} onValue={(value) => setShared(value as Shared)} options={choices} />}
        </Field>
        {shared === "team" && teams.length > 1 ? (
          <Field label={t("view.team")} error={errorOf("team")}>
            {(ids) => <TeamChoice ids={ids} teams={teams} value={team} onValue={setTeam} />}
          </Field>
        ) : null}
        <div>
          <Checkbox checked={standard && mayBeFirst} disabled={!mayBeFirst} onChange={setStandard} label={t("view.first")} />
          <p className={errorOf("standard") ? "err ps-6" : "help ps-6"}>{errorOf("standard") ?? t(mayBeFirst ? (shared === "private" ? "view.firstHelp" : "view.firstForAll") : "view.firstNotAllowed", { what: object.plural_label })}</p>
        </div>
      </div>
    </Dialog>
  );
}

function TeamChoice({ ids, teams, value, onValue }: { ids: object; teams: string[]; value: string; onValue: (id: string) => void }) {
  return (
    <span className="inp" role="radiogroup" {...ids}>
      {teams.map((id) => (
        <TeamOption key={id} id={id} on={id === value} onPick={() => onValue(id)} />
      ))}
    </span>
  );
}

function TeamOption({ id, on, onPick }: { id: string; on: boolean; onPick: () => void }) {
  const { title } = useTitle({ object: "team", id });
  return (
    <button type="button" role="radio" aria-checked={on} className={on ? "tag font-medium text-text" : "tag"} onClick={onPick}>
      {title || "…"}
    </button>
  );
}
