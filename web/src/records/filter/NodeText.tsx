import { useTranslation } from "react-i18next";
import { modelLabel, modelWord } from "~/lib/i18n";
import { viaField, type FilterNode, type RelatedNode } from "~/metadata/filter";
import type { ObjectDef } from "~/metadata/model";
import { useObject } from "~/metadata/registry";
import { TestText } from "./TestText";

const MOST_SHOWN = 3;

/** A condition in words, however deep it goes. */
export function NodeText({ object, node, inside }: { object: ObjectDef; node: FilterNode; inside?: boolean }) {
  const { t } = useTranslation();
  if (node.kind === "test") return <TestText object={object} test={node.test} not={node.not} />;
  if (node.kind === "related") return <RelatedText node={node} />;
  const word = t(node.match === "all" ? "filter.and" : "filter.or");
  return (
    <>
      {node.not ? <span className="op">{t("filter.not")}</span> : null}
      {inside || node.not ? <span className="op">(</span> : null}
      {node.parts.slice(0, MOST_SHOWN).map((part, index) => (
        <span key={index} className="inline-flex items-center gap-1">
          {index > 0 ? <span className="op">{word}</span> : null}
          <NodeText object={object} node={part} inside />
        </span>
      ))}
      {node.parts.length > MOST_SHOWN ? <span className="op">{t("filter.more", { count: node.parts.length - MOST_SHOWN })}</span> : null}
      {inside || node.not ? <span className="op">)</span> : null}
    </>
  );
}

function RelatedText({ node }: { node: RelatedNode }) {
  const { t } = useTranslation();
  const related = useObject(node.related);
  const via = viaField(related, node);
  const none = isNone(node);
  const amount = none ? t("filter.has.none") : !node.count || (node.count.op === "gte" && node.count.value === 1) ? t("filter.has.any") : `${t(`op.${node.count.op === "eq" ? "exactly" : node.count.op}`)} ${node.count.value}`;
  return (
    <>
      {node.not && !none ? <span className="op">{t("filter.not")}</span> : null}
      <span className="op">{t("filter.has")}</span>
      <span className="font-medium">
        {amount} {related ? modelWord(related.plural_label) : node.related}
      </span>
      {via ? <span className="op">({modelLabel(via.label)})</span> : null}
      {related && node.where.parts.length ? (
        <>
          <span className="op">{t("filter.where")}</span>
          <NodeText object={related} node={node.where} />
        </>
      ) : null}
    </>
  );
}

/** "No such record" is written as a number of zero or as the opposite of "at least one". */
export function isNone(node: RelatedNode): boolean {
  return node.count ? node.count.op === "eq" && node.count.value === 0 && !node.not : Boolean(node.not);
}
