import { CircleCheck, Mail, Phone, StickyNote } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "~/api/types";
import { FieldValue, isEmpty } from "~/fields";
import { modelLabel } from "~/lib/i18n";
import { fieldOf, type ObjectDef } from "~/metadata/model";
import type { ComposerKind } from "~/records/timeline/activity";
import { Avatar } from "~/ui/Avatar";
import { Button } from "~/ui/Button";
import { iconNamed } from "~/ui/icons";

const PEOPLE = ["contact", "lead", "user"];
const ORGANISATIONS = ["account", "team"];
const TALKED_TO = ["contact", "account", "lead", "opportunity", "case"];

/** The name, what kind of record it is, and the next thing one does with it. */
export function RecordHeader({ object, record, title, onCompose }: { object: ObjectDef; record: RecordData; title: string; onCompose?: (kind: ComposerKind) => void }) {
  const { t } = useTranslation();
  const Icon = iconNamed(object.icon);
  const status = ["kind", "status", "lifecycle_stage", "city", "country"].map((name) => fieldOf(object, name)).filter((field) => field !== undefined && !isEmpty(record[field.name]) && field.name !== object.title);
  const phone = record.phone ?? record.mobile;
  const email = record.email;
  return (
    <div className="rhead">
      <span className="flex min-w-0 items-center gap-3">
        {PEOPLE.includes(object.name) || ORGANISATIONS.includes(object.name) ? (
          <Avatar id={record.id} name={title} size="xl" square={ORGANISATIONS.includes(object.name)} />
        ) : (
          <span className="flex size-10 shrink-0 items-center justify-center rounded-lg bg-press text-text-2" aria-hidden>
            <Icon size={20} />
          </span>
        )}
        <span className="min-w-0">
          <h1 className="truncate text-20 font-semibold tracking-[-.012em] max-[640px]:text-[18px] max-[640px]:leading-6" dir="auto" title={title}>
            {title}
          </h1>
          <span className="flex min-w-0 items-center gap-2 overflow-hidden text-12 text-text-2">
            <span className="inline-flex shrink-0 items-center gap-1">
              <Icon size={12} aria-hidden />
              {modelLabel(object.label)}
            </span>
            {status.slice(0, 3).map((field) =>
              field ? (
                <span key={field.name} className="flex min-w-0 items-center gap-2">
                  <span className="text-text-3" aria-hidden>
                    ·
                  </span>
                  <FieldValue field={field} value={record[field.name]} record={record} compact />
                </span>
              ) : null,
            )}
          </span>
        </span>
      </span>
      {onCompose && TALKED_TO.includes(object.name) ? (
        <span className="no-phone flex gap-2">
          <Button icon={<StickyNote size={16} />} onClick={() => onCompose("note")}>
            {t("timeline.addNote")}
          </Button>
          <Button icon={<CircleCheck size={16} />} onClick={() => onCompose("task")}>
            {t("timeline.addTask")}
          </Button>
          <Button look="primary" icon={<Phone size={16} />} onClick={() => onCompose("call")}>
            {t("timeline.logCall")}
          </Button>
        </span>
      ) : null}
      {onCompose && TALKED_TO.includes(object.name) ? (
        <div className="qa only-phone">
          {typeof phone === "string" && phone ? (
            <a href={`tel:${phone.replace(/[^\d+]/g, "")}`}>
              <Phone size={20} aria-hidden />
              {t("record.call")}
            </a>
          ) : null}
          {typeof email === "string" && email ? (
            <a href={`mailto:${email}`}>
              <Mail size={20} aria-hidden />
              {t("record.email")}
            </a>
          ) : null}
          <button type="button" onClick={() => onCompose("call")}>
            <Phone size={20} aria-hidden />
            {t("timeline.logCall")}
          </button>
          <button type="button" onClick={() => onCompose("note")}>
            <StickyNote size={20} aria-hidden />
            {t("timeline.addNote")}
          </button>
          <button type="button" onClick={() => onCompose("task")}>
            <CircleCheck size={20} aria-hidden />
            {t("timeline.addTask")}
          </button>
        </div>
      ) : null}
    </div>
  );
}
