import { useNavigate } from "@tanstack/react-router";
import { FilterX, Plus, Upload } from "lucide-react";
import { useTranslation } from "react-i18next";
import { modelWord } from "~/lib/i18n";
import type { ObjectDef } from "~/metadata/model";
import { useCan, useCapability } from "~/metadata/registry";
import { useShell } from "~/records/shellContext";
import { Button } from "~/ui/Button";
import { iconNamed } from "~/ui/icons";
import { EmptyState } from "~/ui/States";

/** Why nothing is there, and one way on. */
export function NoRows({ object, filtered, clear }: { object: ObjectDef; filtered: boolean; clear: () => void }) {
  const { t } = useTranslation();
  const { create } = useShell();
  const can = useCan(object.name);
  const mayImport = useCapability("import");
  const navigate = useNavigate();
  const Icon = iconNamed(object.icon);
  const what = modelWord(object.plural_label);
  if (filtered) {
    return (
      <EmptyState icon={<FilterX size={20} />} title={t("list.noMatch.title", { what })} text={t("list.noMatch.text")}>
        <Button onClick={clear}>{t("list.clearFilter")}</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<Icon size={20} />} title={t("list.empty.title", { what })} text={can.create ? t("list.empty.text") : t("list.empty.noRight")}>
      {can.create ? (
        <Button look="primary" icon={<Plus size={16} />} onClick={() => create(object.name)}>
          {t("action.new", { what: modelWord(object.label) })}
        </Button>
      ) : null}
      {can.create && mayImport ? (
        <Button icon={<Upload size={16} />} onClick={() => void navigate({ to: "/imports", search: { object: object.name } })}>
          {t("import.fromFile")}
        </Button>
      ) : null}
    </EmptyState>
  );
}
