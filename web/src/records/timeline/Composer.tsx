import { Calendar, CircleCheck, Phone, StickyNote } from "lucide-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "~/api/types";
import { cx } from "~/lib/cx";
import { screen } from "~/lib/i18n";
import { useKeys } from "~/lib/keyboard";
import type { ObjectDef } from "~/metadata/model";
import { useCan } from "~/metadata/registry";
import { MADE_AS, type ComposerKind } from "./activity";

const ActivityForm = lazy(() => screen(import("./ActivityForm").then((module) => ({ default: module.ActivityForm }))));

export const KINDS: { kind: ComposerKind; key: string; Icon: typeof Phone }[] = [
  { kind: "note", key: "N", Icon: StickyNote },
  { kind: "call", key: "L", Icon: Phone },
  { kind: "meeting", key: "M", Icon: Calendar },
  { kind: "task", key: "T", Icon: CircleCheck },
];

/** Write what happened, where one reads what happened before. */
export function Composer({ object, record, kind, onKind }: { object: ObjectDef; record: RecordData; kind: ComposerKind | null; onKind: (kind: ComposerKind | null) => void }) {
  const { t } = useTranslation();
  const may: Record<ComposerKind, boolean> = { note: useCan(MADE_AS.note).create, call: useCan(MADE_AS.call).create, meeting: useCan(MADE_AS.meeting).create, task: useCan(MADE_AS.task).create };
  const shown = KINDS.filter(({ kind: one }) => may[one]);
  const open = (one: ComposerKind) => (event: KeyboardEvent) => {
    if (!may[one]) return;
    event.preventDefault();
    onKind(one);
  };
  useKeys({ n: open("note"), l: open("call"), m: open("meeting"), t: open("task") });
  if (shown.length === 0) return null;
  return (
    <section className="composer" aria-label={t("timeline.write")}>
      <div className="composer-tabs">
        {shown.map(({ kind: one, key, Icon }) => (
          <button key={one} type="button" aria-pressed={kind === one} className={cx("tab", kind === one && "on")} aria-expanded={kind === one} onClick={() => onKind(kind === one ? null : one)}>
            <Icon size={16} aria-hidden />
            {t(`timeline.${one}`)}
            <kbd className="kbd no-phone" aria-hidden>
              {key}
            </kbd>
          </button>
        ))}
      </div>
      <Suspense fallback={<div className="h-32" aria-busy />}>{kind ? <ActivityForm key={kind} kind={kind} on={{ object, record }} onDone={() => onKind(null)} /> : null}</Suspense>
    </section>
  );
}
