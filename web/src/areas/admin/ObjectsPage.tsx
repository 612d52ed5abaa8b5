import { Link, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { modelLabel } from "~/lib/i18n";
import { useCapability, useObjects } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { iconNamed } from "~/ui/icons";
import { ForbiddenState } from "~/ui/States";
import { NewObject } from "./NewObject";

/** All objects with their fields; new ones and new fields while the server runs. */
export function ObjectsPage() {
  const { t } = useTranslation();
  const objects = useObjects();
  const mayDefine = useCapability("define");
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  if (!mayDefine) return <ForbiddenState page />;
  const sorted = [...objects].sort((a, b) => Number(b.layer === "custom") - Number(a.layer === "custom") || modelLabel(a.label).localeCompare(modelLabel(b.label)));
  return (
    <>
      <header className="top">
        <h1>{t("admin.objects")}</h1>
        <Button small look="primary" className="ms-auto" icon={<Plus size={16} />} onClick={() => setAdding(true)}>
          {t("admin.newObject")}
        </Button>
      </header>
      <div className="scroll">
        <table className="w-full border-collapse">
          <thead>
            <tr className="sticky top-0 z-1 bg-surface text-12 text-text-3 shadow-[0_1px_0_var(--c-line)]">
              <th scope="col" className="h-8 ps-5 text-start font-medium">{t("admin.object")}</th>
              <th scope="col" className="px-3 text-start font-medium">{t("admin.name")}</th>
              <th scope="col" className="no-phone px-3 text-start font-medium">{t("admin.description")}</th>
              <th scope="col" className="px-3 pe-5 text-end font-medium">{t("admin.fields")}</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((object) => {
              const Icon = iconNamed(object.icon);
              return (
                <tr key={object.name} className="border-b border-line hover:bg-hover">
                  <td className="h-10 ps-5">
                    <Link to="/admin/objects/$name" params={{ name: object.name }} className="flex items-center gap-2 font-medium hover:underline">
                      <Icon size={16} className="text-text-3" aria-hidden />
                      {modelLabel(object.label)}
                      {object.layer === "custom" ? <span className="tag">{t("admin.custom")}</span> : null}
                    </Link>
                  </td>
                  <td className="px-3 font-mono text-12 text-text-2">{object.name}</td>
                  <td className="no-phone max-w-0 truncate px-3 text-text-2">{object.description}</td>
                  <td className="px-3 pe-5 text-end tabular-nums">{object.fields.filter((field) => !field.base && !field.archived).length}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {adding ? (
        <NewObject
          onClose={() => setAdding(false)}
          onDone={(name) => {
            setAdding(false);
            void navigate({ to: "/admin/objects/$name", params: { name } });
          }}
        />
      ) : null}
    </>
  );
}
