import { Archive, CircleX, Trophy } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "~/lib/cx";
import { useDropTarget } from "./drag";

const MARKS = { won: Trophy, lost: CircleX, archive: Archive, open: Trophy };

/** Where a card goes that leaves the pipeline. The menu of the card does the same. */
export function DropZone({ id, kind, name }: { id: string; kind: keyof typeof MARKS; name: string }) {
  const { t } = useTranslation();
  const ref = useRef<HTMLDivElement>(null);
  const over = useDropTarget(ref, id);
  const Mark = MARKS[kind];
  return (
    <div ref={ref} className={cx("drop-zone", kind, over && "over")}>
      <Mark size={20} aria-hidden />
      <span>
        <span className="block font-semibold">{name}</span>
        <span className="block text-12">{t(`board.drop.${kind}`)}</span>
      </span>
    </div>
  );
}
