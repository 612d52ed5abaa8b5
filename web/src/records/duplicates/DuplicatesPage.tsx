import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { CopyCheck, RotateCw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { MATCHED, queueQuery, searchDuplicates, type Pair } from "~/api/duplicates";
import { asApiError } from "~/api/problem";
import { titleQuery } from "~/api/titles";
import { cx } from "~/lib/cx";
import { modelLabel } from "~/lib/i18n";
import type { ObjectDef } from "~/metadata/model";
import { titleOf, useCan, useCapability, useObject, useObjects } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { EmptyState, ErrorState, useSlow } from "~/ui/States";
import { showToast } from "~/ui/Toasts";
import { Compare } from "./Compare";
import { Likely } from "./Likely";

/** Pairs that may be one, the surest first; beside them the one that is looked at. */
export function DuplicatesPage() {
  const { t } = useTranslation();
  const { matched: name = "contact" } = useParams({ strict: false });
  const object = useObject(name);
  const objects = useObjects().filter((one) => MATCHED.includes(one.name));
  return (
    <>
      <header className="top">
        <h1>{t("duplicates.title")}</h1>
        {object ? <SearchButton object={object} /> : null}
      </header>
      <div className="bar">
        <nav className="seg" aria-label={t("duplicates.of")}>
          {objects.map((one) => (
            <Link key={one.name} to="/duplicates/$matched" params={{ matched: one.name }} activeProps={{ "aria-current": "page" }}>
              {modelLabel(one.plural_label)}
            </Link>
          ))}
        </nav>
      </div>
      {object && MATCHED.includes(name) ? <Queue key={name} object={object} /> : <ErrorState page error={{ status: 404, code: "not_found", detail: "", requestId: null, isOffline: false }} title="" />}
    </>
  );
}

function SearchButton({ object }: { object: ObjectDef }) {
  const { t } = useTranslation();
  const can = useCan(object.name);
  const massChange = useCapability("mass_change");
  const { refetch } = useInfiniteQuery(queueQuery(object.name));
  const [busy, setBusy] = useState(false);
  if (!can.delete && !massChange) return null;
  const search = async () => {
    setBusy(true);
    try {
      await searchDuplicates(object.name);
      showToast({ text: t("duplicates.searching") });
      setTimeout(() => void refetch(), 4_000);
    } catch (error) {
      showToast({ text: asApiError(error).detail || t("state.error.server"), failed: true });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button small className="ms-auto" busy={busy} icon={<RotateCw size={16} />} onClick={() => void search()}>
      {t("duplicates.search")}
    </Button>
  );
}

function Queue({ object }: { object: ObjectDef }) {
  const { t } = useTranslation();
  const queue = useInfiniteQuery(queueQuery(object.name));
  const slow = useSlow(queue.isPending);
  const [at, setAt] = useState(0);
  const pairs = queue.data?.pages.flatMap((page) => page.items) ?? [];
  const pair = pairs[Math.min(at, pairs.length - 1)];
  if (queue.isError && !queue.data) return <ErrorState page error={asApiError(queue.error)} title={t("duplicates.failed")} retry={() => void queue.refetch()} />;
  if (queue.isPending) return slow ? <div className="flex flex-col gap-3 p-5" aria-busy>{[50, 70, 60].map((width) => <span key={width} className="skel" style={{ width: `${width}%` }} />)}</div> : null;
  if (!pair) return <EmptyState icon={<CopyCheck size={20} />} title={t("duplicates.none")} text={t("duplicates.noneText")} />;
  return (
    <div className="flex min-h-0 flex-1 max-[900px]:flex-col">
      <ul className="scroll w-[340px] flex-none border-e border-line max-[900px]:max-h-[34vh] max-[900px]:w-full max-[900px]:border-e-0 max-[900px]:border-b" aria-label={t("duplicates.title")}>
        {pairs.map((one, index) => (
          <li key={`${one.left.id} ${one.right.id}`}>
            <button type="button" aria-current={one === pair || undefined} className={cx("flex w-full flex-col items-start gap-1 border-b border-line px-5 py-2 text-start hover:bg-hover", one === pair && "bg-press")} onClick={() => setAt(index)}>
              <Names object={object} pair={one} />
              <Likely probability={one.probability} />
            </button>
          </li>
        ))}
        {queue.hasNextPage ? (
          <li className="p-3">
            <Button small busy={queue.isFetchingNextPage} onClick={() => void queue.fetchNextPage()}>
              {t("duplicates.next")}
            </Button>
          </li>
        ) : null}
      </ul>
      <section className="flex min-h-0 min-w-0 flex-1 flex-col" aria-label={t("duplicates.compare")}>
        <Compare object={object} left={pair.left.id} right={pair.right.id} evidence={pair.evidence} onDone={() => setAt(Math.max(0, Math.min(at, pairs.length - 2)))} />
      </section>
    </div>
  );
}

function Names({ object, pair }: { object: ObjectDef; pair: Pair }) {
  const { t } = useTranslation();
  const left = useQuery(titleQuery(object.name, pair.left.id, [object.title])).data;
  const right = useQuery(titleQuery(object.name, pair.right.id, [object.title])).data;
  return (
    <span className="max-w-full min-w-0 truncate font-medium" dir="auto">
      {titleOf(object, left) || t("record.untitled")} · {titleOf(object, right) || t("record.untitled")}
    </span>
  );
}
