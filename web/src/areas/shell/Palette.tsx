import { Calendar, CircleCheck, Phone, Plus, Search, StickyNote } from "lucide-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { searchQuery } from "~/api/records";
import { rightsQuery } from "~/api/session";
import { titleQuery } from "~/api/titles";
import { modelLabel, modelWord } from "~/lib/i18n";
import { recent } from "~/lib/recent";
import { titleOf, useObjects } from "~/metadata/registry";
import type { ObjectDef } from "~/metadata/model";
import { RecordMark } from "~/fields/reference";
import { useShell } from "~/records/shellContext";
import { Highlight } from "~/records/search/Highlight";
import { iconNamed } from "~/ui/icons";
import { useCommands } from "./useCommands";

interface Entry {
  id: string;
  group: string;
  content: ReactNode;
  hint?: ReactNode;
  run: () => void;
}

const SHOWN = 7;
const RECENT = 5;
const TALKED_TO = ["account", "contact", "lead", "opportunity", "case"];
const PLACES_AT_FIRST = ["account", "contact", "opportunity", "lead", "task", "case"];
const MADE_AT_FIRST = ["contact", "account", "opportunity", "task"];

/** Records first, then actions on the first hit or on the record that is open, then places, commands, and what can be made. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const q = useDeferredValue(text.trim());
  const found = useQuery(searchQuery(q));
  const entries = useEntries(q, found.data?.items ?? [], onClose);
  const [active, setActive] = useState(0);
  const list = useId();
  const box = useRef<HTMLDivElement>(null);
  const current = Math.min(active, Math.max(0, entries.length - 1));
  useEffect(() => {
    void box.current?.querySelector("[data-active]")?.scrollIntoView({ block: "nearest" }); // newer browsers answer with a promise
  }, [current]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((current + step + entries.length) % Math.max(1, entries.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      entries[current]?.run();
    }
  };
  return (
    <ModalOverlay className="scrim" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className="w-full max-w-160">
        <Dialog className="dialog" aria-label={t("shell.find")}>
          <div className="flex h-13 shrink-0 items-center gap-3 border-b border-line px-4">
            <Search size={20} className="text-text-3" aria-hidden />
            <input
               
              autoFocus
              role="combobox"
              aria-expanded
              aria-controls={list}
              aria-activedescendant={entries[current] ? `${list}-${current}` : undefined}
              aria-label={t("shell.find")}
              className="min-w-0 flex-1 bg-transparent text-16 outline-none"
              placeholder={t("palette.placeholder")}
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setActive(0);
              }}
              onKeyDown={onKeyDown}
            />
            <kbd className="kbd">Esc</kbd>
          </div>
          <div ref={box} id={list} role="listbox" aria-label={t("palette.results")} className="min-h-0 overflow-auto p-2">
            {entries.map((entry, index) => (
              <div key={entry.id} role="presentation">
                {entries[index - 1]?.group !== entry.group ? (
                  <div className="mhead" role="presentation">
                    {entry.group}
                  </div>
                ) : null}
                {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- keys stay in the input above */}
                <div id={`${list}-${index}`} role="option" aria-selected={index === current} data-active={index === current || undefined} className="mi min-h-9" onClick={entry.run} onPointerMove={() => setActive(index)}>
                  {entry.content}
                  <span className="ms-auto flex gap-1 text-12 text-text-3">{entry.hint}</span>
                </div>
              </div>
            ))}
            {q && found.isSuccess && !found.isPlaceholderData && found.data.items.length === 0 ? <p className="px-2 py-3 text-text-3">{t("palette.nothing", { q })}</p> : null}
            {found.isError ? <p className="px-2 py-3 text-danger">{t("state.error.search")}</p> : null}
          </div>
          <div className="no-phone flex h-9 shrink-0 items-center gap-4 border-t border-line bg-bg px-4 text-12 text-text-3">
            <span className="flex items-center gap-1">
              <kbd className="kbd">↑</kbd>
              <kbd className="kbd">↓</kbd> {t("palette.move")}
            </span>
            <span className="flex items-center gap-1">
              <kbd className="kbd">Enter</kbd> {t("palette.open")}
            </span>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function useEntries(q: string, hits: { object: string; id: string; title: string; subtitle?: string | null }[], onClose: () => void): Entry[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const objects = useObjects();
  const rights = useQuery(rightsQuery).data;
  const { create } = useShell();
  const close = (action: () => void) => () => {
    onClose();
    action();
  };
  const labelOf = (name: string) => modelLabel(objects.find((object) => object.name === name)?.label ?? name);
  const shownHits = q ? hits.slice(0, SHOWN) : [];
  const records: Entry[] = shownHits.map((hit) => ({
    id: `${hit.object}/${hit.id}`,
    group: t("palette.records"),
    content: (
      <>
        <RecordMark target={hit} title={hit.title} size={16} />
        <span className="min-w-0 truncate font-medium" dir="auto">
          <Highlight text={hit.title} query={q} />
        </span>
        <span className="truncate text-text-3">{[labelOf(hit.object), hit.subtitle].filter(Boolean).join(", ")}</span>
      </>
    ),
    run: close(() => void navigate({ to: "/$object/$id", params: { object: hit.object, id: hit.id } })),
  }));
  const opened = useParams({ strict: false }) as { object?: string; id?: string };
  const lately = useRecent(objects, opened.id);
  const seen: Entry[] = q
    ? []
    : lately.map((one) => ({
        id: `recent/${one.id}`,
        group: t("palette.recent"),
        content: (
          <>
            <RecordMark target={one} title={one.title} size={16} />
            <span className="min-w-0 truncate font-medium" dir="auto">
              {one.title}
            </span>
            <span className="truncate text-text-3">{labelOf(one.object)}</span>
          </>
        ),
        run: close(() => void navigate({ to: "/$object/$id", params: { object: one.object, id: one.id } })),
      }));
  const here = opened.object && opened.id ? { object: opened.object, id: opened.id, title: t("palette.thisRecord") } : undefined;
  const first = shownHits[0] ?? (q ? undefined : here);
  const action = (id: string, label: string, icon: ReactNode, composer: string, key: string): Entry => ({
    id,
    group: t("palette.doWith", { what: first?.title ?? "" }),
    content: (
      <>
        {icon}
        <span className="font-medium">{label}</span>
      </>
    ),
    hint: <kbd className="kbd">{key}</kbd>,
    run: close(() => void (first && navigate({ to: "/$object/$id", params: { object: first.object, id: first.id }, search: { tab: composer } }))),
  });
  const actions = first && TALKED_TO.includes(first.object) ? [action("call", t("timeline.logCall"), <Phone size={16} />, "call", "L"), action("meeting", t("timeline.save.meeting"), <Calendar size={16} />, "meeting", "M"), action("task", t("timeline.addTask"), <CircleCheck size={16} />, "task", "T"), action("note", t("timeline.addNote"), <StickyNote size={16} />, "note", "N")] : [];
  const matches = (label: string) => label.toLocaleLowerCase().includes(q.toLocaleLowerCase());
  const usable = objects.filter((object) => !object.archived && rights?.objects[object.name]?.read !== false);
  const places: Entry[] = usable
    .filter((object) => (q ? matches(modelLabel(object.plural_label)) : PLACES_AT_FIRST.includes(object.name)))
    .slice(0, 6)
    .map((object) => {
      const Icon = iconNamed(object.icon);
      return {
        id: `place/${object.name}`,
        group: t("palette.goTo"),
        content: (
          <>
            <Icon size={16} aria-hidden />
            <span className="font-medium">{modelLabel(object.plural_label)}</span>
          </>
        ),
        run: close(() => void navigate({ to: "/$object", params: { object: object.name } })),
      };
    });
  const creates: Entry[] = usable
    .filter((object) => rights?.objects[object.name]?.create && !object.system && (q ? matches(t("action.new", { what: modelWord(object.label) })) : MADE_AT_FIRST.includes(object.name)))
    .slice(0, 4)
    .map((object) => ({
      id: `new/${object.name}`,
      group: t("palette.create"),
      content: (
        <>
          <Plus size={16} aria-hidden />
          <span className="font-medium">{t("action.new", { what: modelWord(object.label) })}</span>
        </>
      ),
      run: close(() => create(object.name)),
    }));
  const everything: Entry[] = q
    ? [
        {
          id: "everything",
          group: t("palette.goTo"),
          content: (
            <>
              <Search size={16} aria-hidden />
              <span className="font-medium">{t("palette.everything", { q })}</span>
            </>
          ),
          run: close(() => void navigate({ to: "/search", search: { q } })),
        },
      ]
    : [];
  const commands = useCommands()
    .filter((command) => (q ? matches(command.label) : command.kind === "place"))
    .map(
      (command): Entry => ({
        id: `do/${command.id}`,
        group: t(command.kind === "place" ? "palette.goTo" : "palette.do"),
        content: (
          <>
            <command.Icon size={16} aria-hidden />
            <span className="font-medium">{command.label}</span>
          </>
        ),
        run: close(command.run),
      }),
    );
  const runs = (kind: string) => commands.filter((entry) => (entry.group === t("palette.goTo")) === (kind === "place"));
  return [...records, ...seen, ...actions, ...places, ...runs("place"), ...runs("action"), ...creates, ...everything];
}

/** What was looked at last and may still be read; not the record that is open anyway. */
function useRecent(objects: ObjectDef[], open: string | undefined): { object: string; id: string; title: string }[] {
  const [kept] = useState(recent);
  const known = kept.flatMap((one) => {
    const object = objects.find((other) => other.name === one.object);
    return object && one.id !== open ? [{ ...one, definition: object }] : [];
  });
  const titles = useQueries({ queries: known.slice(0, RECENT).map((one) => titleQuery(one.object, one.id, [one.definition.title])) });
  return titles.flatMap(({ data }, index) => {
    const one = known[index];
    return data && one ? [{ object: one.object, id: one.id, title: titleOf(one.definition, data) || one.id }] : [];
  });
}
