import { useTranslation } from "react-i18next";
import type { RecordData } from "~/api/types";
import type { ObjectDef } from "~/metadata/model";
import { titleOf } from "~/metadata/registry";
import { Dialog } from "~/ui/Dialog";
import { ActivityForm } from "./ActivityForm";
import type { ComposerKind, Draft } from "./activity";

/** The same form over any screen: log a call from a list, plan a meeting from the calendar. */
export default function ActivityDialog({ kind, on, start, onClose }: { kind: ComposerKind; on: { object: ObjectDef; record: RecordData } | null; start?: Partial<Draft>; onClose: (made: RecordData | null) => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t(`timeline.save.${kind}`)} width={560} onClose={() => onClose(null)}>
      {on ? (
        <p className="mb-3 truncate text-text-2" dir="auto">
          {titleOf(on.object, on.record)}
        </p>
      ) : null}
      <ActivityForm roomy kind={kind} on={on} start={start} onDone={onClose} />
    </Dialog>
  );
}
