import { useId } from "react";
import { useTranslation } from "react-i18next";
import { modelLabel, modelWord } from "~/lib/i18n";
import type { Op } from "~/metadata/condition";
import { viaField, type RelatedNode } from "~/metadata/filter";
import type { ObjectDef } from "~/metadata/model";
import { useObject } from "~/metadata/registry";
import { Choose, TextInput } from "~/ui/Input";
import { GroupFields } from "./GroupFields";
import { isNone } from "./NodeText";

const COUNTS: Op[] = ["gte", "lte", "eq", "gt", "lt", "ne"];

/** How many records of another object refer to this one, and what must hold of them. */
export function RelatedFields({ node, onChange, depth = 0 }: { object: ObjectDef; node: RelatedNode; onChange: (node: RelatedNode) => void; depth?: number }) {
  const { t } = useTranslation();
  const id = useId();
  const related = useObject(node.related);
  if (!related) return <p className="help">{t("filter.unknownField", { what: node.related })}</p>;
  const via = viaField(related, node);
  const what = modelWord(related.plural_label);
  const amount = isNone(node) ? "none" : (node.count?.op ?? "any");
  const set = (word: string) => {
    const rest: RelatedNode = { kind: "related", related: node.related, ...(node.via ? { via: node.via } : {}), where: node.where };
    if (word === "any") return onChange(rest);
    if (word === "none") return onChange({ ...rest, count: { op: "eq", value: 0 } });
    onChange({ ...rest, count: { op: word as Op, value: Math.max(1, node.count?.value ?? 1) } });
  };
  return (
    <div className="flex flex-col gap-2">
      <span className="flabel" id={id}>
        {modelLabel(related.plural_label)}
        {via ? <span className="font-normal text-text-3">({modelLabel(via.label)})</span> : null}
      </span>
      <div className="flex gap-2">
        <Choose
          aria-label={t("filter.countOf", { what })}
          value={amount}
          onValue={set}
          options={[{ value: "any", label: t("filter.has.any") }, { value: "none", label: t("filter.has.none") }, ...COUNTS.map((op) => ({ value: op, label: t(`op.${op === "eq" ? "exactly" : op}`) }))]}
        />
        {amount === "any" || amount === "none" ? null : (
          <TextInput className="!w-24" inputMode="numeric" aria-label={t("filter.number")} value={String(node.count?.value ?? "")} onValue={(text) => onChange({ ...node, count: { op: amount as Op, value: Math.min(1_000_000, Number(text.replace(/\D/g, "")) || 0) } })} />
        )}
      </div>
      <span className="help">{t("filter.whereThey", { what })}</span>
      <GroupFields object={related} group={node.where} onChange={(where) => onChange({ ...node, where })} depth={depth + 1} quiet />
    </div>
  );
}
