import { useState } from "react";
import { useTranslation } from "react-i18next";
import { conditionOf, isNodeComplete, type FilterNode } from "~/metadata/filter";
import type { ObjectDef } from "~/metadata/model";
import { Button } from "~/ui/Button";
import { cx } from "~/lib/cx";
import { GroupFields } from "./GroupFields";
import { RelatedFields } from "./RelatedFields";
import { TestFields } from "./TestFields";

/** One part of a filter, edited beside its chip. Nothing changes on screen until it is applied. */
export default function FilterEditor({ object, initial, onDone }: { object: ObjectDef; initial: FilterNode; onDone: (node: FilterNode) => void }) {
  const { t } = useTranslation();
  const [node, setNode] = useState(initial);
  const ready = isNodeComplete(node) && conditionOf(node) !== undefined;
  return (
    <form
      className={cx("filter-editor", node.kind !== "test" && "wide")}
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        if (ready) onDone(node);
      }}
    >
      <div className="min-h-0 overflow-auto p-3">
        {node.kind === "test" ? <TestFields object={object} node={node} onChange={setNode} named /> : node.kind === "group" ? <GroupFields object={object} group={node} onChange={setNode} /> : <RelatedFields object={object} node={node} onChange={setNode} />}
      </div>
      <div className="flex justify-end border-t border-line px-3 py-2">
        <Button type="submit" look="primary" small disabled={!ready}>
          {t("filter.apply")}
        </Button>
      </div>
    </form>
  );
}
