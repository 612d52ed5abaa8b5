import { Link, useParams } from "@tanstack/react-router";
import { Lock, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { modelLabel } from "~/lib/i18n";
import { targetsOf, typeOf, type FieldDef } from "~/metadata/model";
import { useCapability, useObject, useObjects } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { ErrorState, ForbiddenState } from "~/ui/States";
import { ArchiveField } from "./ArchiveField";
import { NewField } from "./NewField";

export function ObjectPage() {
  const { t } = useTranslation();
  const { name } = useParams({ strict: false });
  const object = useObject(name);
  const loaded = useObjects().length > 0;
  const mayDefine = useCapability("define");
  const [adding, setAdding] = useState(false);
  if (!mayDefine) return <ForbiddenState page />;
  if (!object) return loaded ? <ErrorState page error={{ status: 404, code: "not_found", detail: "", requestId: null, isOffline: false }} title="" /> : null;
  const own = object.fields.filter((field) => !field.base);
  const base = object.fields.filter((field) => field.base);
  return (
    <>
      <header className="top">
        <nav className="crumb" aria-label={t("record.breadcrumb")}>
          <Link to="/admin/objects">{t("admin.objects")}</Link>
          <span aria-hidden>›</span>
          <h1 className="truncate text-text">{modelLabel(object.label)}</h1>
        </nav>
        <span className="ms-auto flex gap-2">
          <Link to="/$object" params={{ object: object.name }} className="btn sm no-phone">
            {t("admin.showRecords")}
          </Link>
          <Button small look="primary" icon={<Plus size={16} />} onClick={() => setAdding(true)}>
            {t("admin.addField")}
          </Button>
        </span>
      </header>
      {/* A list of standard fields has nothing to focus: keys must be able to scroll it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="scroll" role="region" aria-label={t("admin.field")} tabIndex={0}>
        <table className="w-full border-collapse">
          <thead>
            <tr className="sticky top-0 z-1 bg-surface text-12 text-text-3 shadow-[0_1px_0_var(--c-line)]">
              <th scope="col" className="h-8 ps-5 text-start font-medium">{t("admin.field")}</th>
              <th scope="col" className="no-phone px-3 text-start font-medium">{t("admin.name")}</th>
              <th scope="col" className="px-3 text-start font-medium">{t("admin.type")}</th>
              <th scope="col" className="no-phone px-3 text-start font-medium">{t("admin.sensitivity")}</th>
              <th scope="col" className="px-3 pe-5">
                <span className="sr-only">{t("action.moreActions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {[...own, ...base].map((field) => (
              <FieldRow key={field.name} object={object.name} field={field} />
            ))}
          </tbody>
        </table>
      </div>
      {adding ? <NewField object={object} onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function FieldRow({ object, field }: { object: string; field: FieldDef }) {
  const { t } = useTranslation();
  const targets = targetsOf(field).filter((target) => !["user", "file"].includes(target));
  return (
    <tr className={field.archived ? "border-b border-line text-text-3" : "border-b border-line hover:bg-hover"}>
      <td className="h-10 ps-5">
        <span className="flex items-center gap-2">
          <span className="font-medium">{modelLabel(field.label)}</span>
          {field.required ? <span className="tag">{t("form.required")}</span> : null}
          {field.custom ? <span className="tag">{t("admin.custom")}</span> : null}
          {field.archived ? <span className="tag">{t("admin.archived")}</span> : null}
          {field.base || field.read_only ? <Lock size={12} className="text-text-3" aria-label={t("admin.readOnly")} /> : null}
        </span>
      </td>
      <td className="no-phone px-3 font-mono text-12 text-text-2">{field.name}</td>
      <td className="px-3 text-text-2">
        {t(`type.${typeOf(field)}`)}
        {targets.length ? ` → ${targets.join(", ")}` : ""}
      </td>
      <td className="no-phone px-3 text-text-2">{t(`sensitivity.${field.sensitivity ?? "internal"}`)}</td>
      <td className="px-3 pe-5 text-end">{field.custom && !field.archived ? <ArchiveField object={object} field={field} /> : null}</td>
    </tr>
  );
}
