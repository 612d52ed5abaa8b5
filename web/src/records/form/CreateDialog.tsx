import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError, type ApiError } from "~/api/problem";
import { createRecord } from "~/api/records";
import { rightsQuery } from "~/api/session";
import type { RecordData } from "~/api/types";
import { freshKey } from "~/lib/ids";
import { modelLabel, modelWord, screen } from "~/lib/i18n";
import { createFields } from "~/metadata/layout";
import { useObject, useObjects } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Choose } from "~/ui/Input";
import { Note } from "~/ui/Note";
import { FormFields } from "./FormFields";

const LooksLike = lazy(() => screen(import("~/records/duplicates/LooksLike")));

/** A new record from its definition. The server names all wrong fields at once; each stands beside its field. */
export default function CreateDialog({ object: name, initial, onClose, onCreated }: { object: string; initial?: Record<string, unknown>; onClose: () => void; onCreated: (record: RecordData, open: boolean) => void }) {
  const { t } = useTranslation();
  const [objectName, setObjectName] = useState(name);
  const object = useObject(objectName);
  const objects = useObjects();
  const rights = useQuery(rightsQuery).data;
  const client = useQueryClient();
  const key = useRef(freshKey());
  const defaults = useMemo(() => Object.fromEntries((object?.fields ?? []).filter((f) => f.default !== undefined && f.default !== null && !f.read_only).map((f) => [f.name, f.default])), [object]);
  const [values, setValues] = useState<Record<string, unknown>>(initial ?? {});
  const [all, setAll] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  if (!object) return null;
  const { first, rest } = createFields(object);
  const label = modelWord(object.label);
  const title = t("action.new", { what: label });
  const creatable = objects.filter((o) => rights?.objects[o.name]?.create && !o.system && !o.archived);

  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const record = await createRecord(object.name, { ...defaults, ...values }, key.current);
      await client.invalidateQueries({ predicate: ({ queryKey }) => (["list", "rows", "aggregate"].includes(String(queryKey[0])) ? queryKey[1] === object.name : queryKey[0] === "timeline") });
      onCreated(record, initial === undefined);
    } catch (error) {
      key.current = freshKey(); // another body needs another key
      const found = asApiError(error);
      setProblem(found);
      if (found.errors.some((e) => rest.some((field) => field.name === e.field))) setAll(true);
    } finally {
      setBusy(false);
    }
  };
  const known = new Set([...first, ...rest].map((field) => field.name));
  const general = problem ? problem.errors.filter((e) => !known.has(e.field)).map((e) => e.detail) : [];
  return (
    <Dialog
      title={title}
      width={640}
      onClose={onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          {rest.length ? (
            <Button look="quiet" className="me-auto" onClick={() => setAll(!all)}>
              {t(all ? "form.fewer" : "form.allFields", { count: rest.length })}
            </Button>
          ) : null}
          <Button look="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" look="primary" busy={busy}>
            {t("form.create", { what: label })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {problem && (problem.errors.length === 0 || general.length > 0) ? <Note tone="dan">{general.length ? general.join(" ") : problem.isOffline ? t("state.error.offline") : problem.detail || t("state.error.server")}</Note> : null}
        {initial === undefined && creatable.length > 1 ? (
          <label className="only-phone flex-col gap-1">
            <span className="flabel">{t("form.what")}</span>
            <Choose value={objectName} onValue={setObjectName} options={creatable.map((o) => ({ value: o.name, label: modelLabel(o.label) }))} />
          </label>
        ) : null}
        <FormFields key={objectName} fields={all ? [...first, ...rest] : first} values={{ ...defaults, ...values }} errors={problem?.errors ?? []} onChange={(field, value) => setValues((old) => ({ ...old, [field]: value }))} focusFirst />
        <Suspense>
          <LooksLike object={objectName} values={values} />
        </Suspense>
      </div>
    </Dialog>
  );
}
