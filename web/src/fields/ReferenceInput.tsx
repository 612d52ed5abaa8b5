import { ChevronsUpDown, X } from "lucide-react";
import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { Button, ComboBox, Input as AriaInput, ListBox, ListBoxItem, Popover } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { fetchPage } from "~/api/records";
import { get } from "~/api/client";
import type { Page, RecordData, SearchHit } from "~/api/types";
import { modelLabel } from "~/lib/i18n";
import { targetsOf, typeOf, type ObjectDef } from "~/metadata/model";
import { titleOf, useObject, useObjects } from "~/metadata/registry";
import { IconButton } from "~/ui/Button";
import { RecordMark, RecordName, subtitleOf, targetOf, titleFields, useTitle, type Target } from "./reference";
import { isEmpty, type InputProps } from "./kit";

interface Hit extends Target {
  key: string;
  title: string;
  subtitle: string;
  record?: RecordData;
}

/** Finds by the search of the server; without a text it offers the first by name. */
async function find(text: string, targets: string[], object: ObjectDef | undefined, signal: AbortSignal): Promise<Hit[]> {
  const hit = (name: string, id: string, title: string, subtitle: string): Hit => ({ key: `${name}/${id}`, object: name, id, title, subtitle });
  if (!object || (text.trim() && object.search?.length)) {
    if (!text.trim()) return [];
    const page = await get<Page<SearchHit>>("/search", { q: text, objects: targets.includes("*") ? undefined : targets.join(","), limit: 12 }, signal);
    return page.items.map((item) => hit(item.object, item.id, item.title, item.subtitle ?? ""));
  }
  const sorted = object.fields.find((field) => field.name === "position") ? "position" : object.title;
  const filter = text.trim() ? ({ field: object.title, op: "contains", value: text } as const) : undefined;
  const page = await fetchPage(object.name, { filter, sort: sorted, limit: 20, fields: titleFields(object) }, null, signal);
  return page.items.map((item) => ({ ...hit(object.name, item.id, titleOf(object, item), object.name === "stage" ? "" : subtitleOf(object, item)), record: item }));
}

export default function ReferenceInput(props: InputProps) {
  return typeOf(props.field) === "many_to_many" ? <ManyPicker {...props} /> : <OnePicker {...props} />;
}

function OnePicker({ field, value, onChange, ids, autoFocus }: InputProps) {
  const target = targetOf(field, value);
  const { title, record } = useTitle(target);
  const several = targetsOf(field).length !== 1 || targetsOf(field)[0] === "*";
  return <Picker field={field} ids={ids} autoFocus={autoFocus} chosen={target} chosenTitle={title} chosenRecord={record} onPick={(hit) => onChange(hit === null ? null : several ? { object: hit.object, id: hit.id } : hit.id)} />;
}

function ManyPicker({ field, value, onChange, ids, autoFocus }: InputProps) {
  const { t } = useTranslation();
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  const object = targetsOf(field)[0] ?? "";
  return (
    <div className="flex flex-col gap-2">
      {chosen.map((id) => (
        <span key={id} className="flex items-center gap-2">
          <RecordName target={{ object, id }} plain />
          <IconButton label={t("action.remove")} onClick={() => onChange(chosen.filter((other) => other !== id))}>
            <X size={14} />
          </IconButton>
        </span>
      ))}
      <Picker field={field} ids={ids} autoFocus={autoFocus} chosen={null} chosenTitle="" onPick={(hit) => hit && !chosen.includes(hit.id) && onChange([...chosen, hit.id])} />
    </div>
  );
}

function Picker({ field, ids, autoFocus, chosen, chosenTitle, chosenRecord, onPick }: Pick<InputProps, "field" | "ids" | "autoFocus"> & { chosen: Target | null; chosenTitle: string; chosenRecord?: RecordData | null; onPick: (hit: Target | null) => void }) {
  const { t } = useTranslation();
  const targets = targetsOf(field);
  const [typed, setTyped] = useState<string | null>(null);
  const object = useObject(targets.length === 1 && targets[0] !== "*" ? targets[0] : null);
  const objects = useObjects();
  const text = typed ?? "";
  const query = useQuery({ queryKey: ["pick", targets, text], queryFn: ({ signal }) => find(text, targets, object, signal), staleTime: 10_000, placeholderData: (before) => before });
  const hits = query.data ?? [];
  return (
    <ComboBox
      aria-labelledby={ids["aria-labelledby"]}
      aria-describedby={ids["aria-describedby"]}
      isInvalid={ids["aria-invalid"]}
      items={hits}
      inputValue={typed ?? chosenTitle}
      onInputChange={setTyped}
      onSelectionChange={(key) => {
        const hit = hits.find((h) => h.key === key);
        if (hit) onPick({ object: hit.object, id: hit.id });
        setTyped(null);
      }}
      onBlur={() => setTyped(null)}
      menuTrigger="focus"
      allowsEmptyCollection
      allowsCustomValue
    >
      <div className="inp">
        {chosen && typed === null && chosenTitle ? <RecordMark target={chosen} title={chosenTitle} record={chosenRecord} /> : null}
        { }
        <AriaInput id={ids.id} autoFocus={autoFocus} placeholder={t("field.find")} dir="auto" />
        {!isEmpty(chosen) && !field.required ? (
          <button
            type="button"
            className="rounded-sm p-1 text-text-3 hover:bg-hover"
            aria-label={t("action.clear")}
            onClick={() => {
              setTyped(null);
              onPick(null);
            }}
          >
            <X size={14} />
          </button>
        ) : null}
        <Button className="text-text-3">
          <ChevronsUpDown size={14} />
        </Button>
      </div>
      <Popover className="popover" offset={4} style={{ width: "var(--trigger-width)", minWidth: 260 }}>
        <ListBox className="menu" renderEmptyState={() => <div className="px-2 py-3 text-text-3">{query.isFetching ? t("state.loading") : text ? t("field.nothingFound") : t("field.typeToFind")}</div>}>
          {(hit: Hit) => (
            <ListBoxItem id={hit.key} textValue={hit.title} className="mi">
              <RecordMark target={hit} title={hit.title} record={hit.record} />
              <span className="min-w-0 truncate" dir="auto">
                {hit.title}
              </span>
              <span className="ms-auto max-w-40 truncate text-12 text-text-3">{hit.subtitle || (targets.length === 1 && targets[0] !== "*" ? "" : modelLabel(objects.find((o) => o.name === hit.object)?.label ?? hit.object))}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
