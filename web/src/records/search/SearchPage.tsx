import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Search, SearchX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "~/api/client";
import { asApiError } from "~/api/problem";
import type { Page, SearchHit } from "~/api/types";
import { RecordMark } from "~/fields/reference";
import { modelLabel } from "~/lib/i18n";
import { useObjects } from "~/metadata/registry";
import { Button } from "~/ui/Button";
import { TextInput } from "~/ui/Input";
import { EmptyState, ErrorState } from "~/ui/States";
import { Highlight } from "./Highlight";

export function SearchPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { q = "" } = useSearch({ strict: false }) as { q?: string };
  const [text, setText] = useState(q);
  const objects = useObjects();
  const found = useInfiniteQuery({
    queryKey: ["search", "all", q],
    queryFn: ({ pageParam, signal }) => get<Page<SearchHit>>("/search", { q, limit: 50, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    enabled: q !== "",
  });
  const hits = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <header className="top">
        <h1>{t("search.title")}</h1>
      </header>
      <form
        className="bar"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ to: "/search", search: { q: text.trim() }, replace: true });
        }}
      >
        { }
        <TextInput autoFocus icon={<Search size={16} aria-hidden />} className="max-w-120" aria-label={t("search.title")} value={text} onValue={setText} />
        <Button type="submit">{t("search.go")}</Button>
      </form>
      <div className="scroll">
        {found.isError ? <ErrorState error={asApiError(found.error)} title={t("state.error.search")} retry={() => void found.refetch()} /> : null}
        {q && found.isSuccess && hits.length === 0 ? <EmptyState icon={<SearchX size={20} />} title={t("palette.nothing", { q })} text={t("search.hint")} /> : null}
        <ul>
          {hits.map((hit) => (
            <li key={`${hit.object}/${hit.id}`}>
              <Link to="/$object/$id" params={{ object: hit.object, id: hit.id }} className="flex min-h-11 items-center gap-3 border-b border-line px-5 hover:bg-hover">
                <RecordMark target={hit} title={hit.title} size={16} />
                <span className="min-w-0 truncate font-medium" dir="auto">
                  <Highlight text={hit.title} query={q} />
                </span>
                <span className="min-w-0 truncate text-text-3">{hit.subtitle}</span>
                <span className="tag ms-auto">{modelLabel(objects.find((object) => object.name === hit.object)?.label ?? hit.object)}</span>
              </Link>
            </li>
          ))}
        </ul>
        {found.hasNextPage ? (
          <div className="p-4 text-center">
            <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              {t("action.more")}
            </Button>
          </div>
        ) : null}
      </div>
    </>
  );
}
