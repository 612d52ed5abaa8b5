import { CircleX, Trophy } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "~/lib/cx";
import type { Stage } from "~/records/detail/stages";
import { useDropTarget } from "./drag";

export function DropZone({ stage }: { stage: Stage }) {
  const { t } = useTranslation();
  const ref = useRef<HTMLDivElement>(null);
  const over = useDropTarget(ref, stage.id);
  return (
    <div ref={ref} className={cx("drop-zone", stage.kind, over && "over")}>
      {stage.kind === "won" ? <Trophy size={20} aria-hidden /> : <CircleX size={20} aria-hidden />}
      <span>
        <span className="block font-semibold">{stage.name}</span>
        <span className="block text-12">{t(`board.drop.${stage.kind}`)}</span>
      </span>
    </div>
  );
}
