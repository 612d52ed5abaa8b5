import { Link } from "@tanstack/react-router";
import { Archive, Ellipsis, ExternalLink, Hourglass, PanelRightOpen } from "lucide-react";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "~/api/types";
import { isEmpty } from "~/fields";
import { useTitle } from "~/fields/reference";
import { cx } from "~/lib/cx";
import { daysFromToday, formatDate, formatDateLong, parseDate } from "~/lib/format";
import { titleOf } from "~/metadata/registry";
import type { ObjectDef } from "~/metadata/model";
import { amountText, daysInStage, type Stage } from "~/records/detail/stages";
import { Avatar } from "~/ui/Avatar";
import { MenuButton } from "~/ui/Menu";
import { StageMark } from "~/ui/StageMark";
import { NextStep } from "./NextStep";
import { useCard } from "./drag";

export interface BoardCardProps {
  object: ObjectDef;
  record: RecordData;
  stage: Stage;
  stages: Stage[];
  mayMove: boolean;
  phone: boolean;
  /** Its record stands beside the board. */
  open: boolean;
  onPeek: (id: string | undefined) => void;
  onMove: (record: RecordData, stage: Stage) => void;
  onArchive: ((record: RecordData) => void) | null;
}

export function BoardCard({ object, record, stage, stages, mayMove, phone, open, onPeek, onMove, onArchive }: BoardCardProps) {
  const { t } = useTranslation();
  const ref = useRef<HTMLElement>(null);
  const navigate = useNavigate();
  const lifted = useCard(ref, record, mayMove);
  const customer = typeof record.account === "string" ? { object: "account", id: record.account } : typeof record.contact === "string" ? { object: "contact", id: record.contact } : null;
  const account = useTitle(customer, record.account ? record.account_record : record.contact_record);
  const owner = useTitle(typeof record.owner === "string" ? { object: "user", id: record.owner } : null, record.owner_record);
  const days = daysInStage(record);
  const rotting = stage.rottingDays !== null && days !== null && days > stage.rottingDays;
  const title = titleOf(object, record) || t("record.untitled");
  const closes = typeof record.close_date === "string" ? record.close_date : null;
  const late = closes !== null && daysFromToday(parseDate(closes)) < 0;
  return (
    // The keys belong to the link inside and bubble up; the card itself takes no focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <article
      ref={ref}
      className={cx("card", rotting && "rot", lifted && "lifted", open && "open")}
      onKeyDown={(event) => {
        if (!(event.target instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key.toLowerCase() === "m") ref.current?.querySelector<HTMLButtonElement>(".card-menu")?.click();
        else if (event.key === " " && !phone) onPeek(open ? undefined : record.id);
        else if (["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"].includes(event.key)) focusBeside(event.target, event.key);
        else return;
        event.preventDefault();
      }}
      onClick={(event) => {
        if (phone || !(event.target instanceof Element) || event.target.closest("a,button")) return;
        onPeek(open ? undefined : record.id);
      }}
    >
      <div className="flex items-start gap-1">
        <Link to="/$object/$id" params={{ object: object.name, id: record.id }} className="min-w-0 flex-1 font-medium break-words hover:underline" dir="auto" draggable={false} data-card="">
          {title}
        </Link>
        {mayMove ? (
          <MenuButton
            label={t("board.cardMenu", { what: title })}
            buttonClass="card-menu btn gho sm ic"
            groups={[
              { title: t("board.moveTo"), items: stages.filter((s) => s.id !== stage.id).map((s) => ({ id: s.id, label: s.name, icon: <StageMark kind={s.kind} probability={s.probability} />, onAction: () => onMove(record, s) })) },
              { items: onArchive ? [{ id: "archive", label: t("action.archive"), icon: <Archive size={16} />, danger: true, onAction: () => onArchive(record) }] : [] },
              { items: [...(phone ? [] : [{ id: "peek", label: t("board.openBeside"), icon: <PanelRightOpen size={16} />, onAction: () => onPeek(record.id) }]), { id: "open", label: t("board.openRecord"), icon: <ExternalLink size={16} />, onAction: () => void navigate({ to: "/$object/$id", params: { object: object.name, id: record.id } }) }] },
            ]}
          >
            <Ellipsis size={16} aria-hidden />
          </MenuButton>
        ) : null}
      </div>
      <div className="truncate text-12 text-text-2" dir="auto">
        {account.title || " "}
      </div>
      <div className="mt-1 flex items-baseline gap-2">
        <span className="font-medium tabular-nums">{amountText(record.amount)}</span>
        {closes ? (
          <time className={cx("ms-auto text-12", late ? "text-warning" : "text-text-3")} dateTime={closes} title={formatDateLong(closes)}>
            {formatDate(closes)}
          </time>
        ) : null}
      </div>
      <div className="card-foot">
        <NextStep text={isEmpty(record.next_step) ? "" : String(record.next_step)} />
        <span className="ms-auto flex shrink-0 items-center gap-2">
          {rotting ? (
            <span className="inline-flex items-center gap-1 text-warning" title={t("board.rotting", { count: days ?? 0 })}>
              <Hourglass size={12} aria-hidden />
              {t("path.days", { count: days ?? 0 })}
            </span>
          ) : null}
          {owner.title ? (
            <span title={owner.title}>
              <Avatar id={String(record.owner)} name={owner.title} />
              <span className="sr-only">{owner.title}</span>
            </span>
          ) : null}
        </span>
      </div>
    </article>
  );
}

/** Arrows go from card to card: up and down in a column, sideways to the card at the same height. */
function focusBeside(from: HTMLAnchorElement, key: string): void {
  const column = from.closest(".column");
  const links = (of: Element | null | undefined) => [...(of?.querySelectorAll<HTMLAnchorElement>(".card a[data-card]") ?? [])];
  const own = links(column);
  const at = own.indexOf(from);
  if (key === "ArrowDown" || key === "ArrowUp") return own[at + (key === "ArrowDown" ? 1 : -1)]?.focus();
  const forward = (key === "ArrowRight") === (getComputedStyle(from).direction !== "rtl");
  let next = forward ? column?.nextElementSibling : column?.previousElementSibling;
  while (next && links(next).length === 0) next = forward ? next.nextElementSibling : next.previousElementSibling;
  const others = links(next);
  others[Math.min(at, others.length - 1)]?.focus();
}
