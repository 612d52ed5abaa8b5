import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CopyCheck, Merge as MergeIcon } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "@tanstack/react-router";
import { duplicatesQuery, type Likeness, type Merge } from "~/api/duplicates";
import type { RecordData } from "~/api/types";
import { formatMoment } from "~/lib/format";
import type { ObjectDef } from "~/metadata/model";
import { useCan } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Compare } from "./Compare";
import { Likely } from "./Likely";
import { useMerge } from "./useMerge";

/** What may be the same as this record, what was merged into it, or where it went. */
export default function DuplicatesLine({ object, record }: { object: ObjectDef; record: RecordData }) {
  const { t } = useTranslation();
  const can = useCan(object.name);
  const found = useQuery(duplicatesQuery(object.name, record.id)).data;
  const { back } = useMerge(object.name);
  const [open, setOpen] = useState(false);
  const into = record.merged_into;
  if (typeof into === "string")
    return (
      <Line>
        {t("duplicates.wentInto")}{" "}
        <Link to="/$object/$id" params={{ object: object.name, id: into }} className="font-medium text-accent-text hover:underline">
          {t("duplicates.openOther")}
        </Link>
      </Line>
    );
  if (!found) return null;
  return (
    <>
      {found.items.length ? (
        <Line>
          <span className="me-auto">{t("duplicates.count", { count: found.items.length })}</span>
          <Button small onClick={() => setOpen(true)}>
            {t("duplicates.compare")}
          </Button>
        </Line>
      ) : null}
      {found.merges.map((merge: Merge) => (
        <Line key={merge.id}>
          <span className="me-auto">{merge.by?.name ? t("duplicates.holdsBy", { when: formatMoment(merge.at), who: merge.by.name }) : t("duplicates.holds", { when: formatMoment(merge.at) })}</span>
          {can.update && can.delete ? (
            <Button small onClick={() => void back(merge.id)}>
              {t("duplicates.takeBack")}
            </Button>
          ) : null}
        </Line>
      ))}
      {open ? <CompareDialog object={object} id={record.id} items={found.items} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function Line({ children }: { children: React.ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-5 py-2 text-12 text-text-2 max-[640px]:px-4">
      <CopyCheck size={16} className="text-text-3" aria-hidden />
      {children}
    </div>
  );
}

function CompareDialog({ object, id, items, onClose }: { object: ObjectDef; id: string; items: Likeness[]; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [index, setIndex] = useState(0);
  const item = items[Math.min(index, items.length - 1)];
  if (!item) return null;
  return (
    <Dialog title={t("duplicates.title")} width={860} onClose={onClose}>
      {items.length > 1 ? (
        <div className="flex flex-wrap gap-2 pb-3">
          {items.map((other, at) => (
            <Button key={other.id} small look={other === item ? "primary" : "default"} icon={<MergeIcon size={14} />} onClick={() => setIndex(at)}>
              {other.title ?? t("record.untitled")}
            </Button>
          ))}
        </div>
      ) : null}
      <div className="-mx-5 flex max-h-[70vh] flex-col">
        <div className="px-5 pb-2">
          <Likely probability={item.probability} />
        </div>
        <Compare
          object={object}
          left={id}
          right={item.id}
          evidence={item.evidence}
          onDone={(merged) => {
            onClose();
            if (merged && merged !== id) void navigate({ to: "/$object/$id", params: { object: object.name, id: merged } });
          }}
        />
      </div>
    </Dialog>
  );
}
