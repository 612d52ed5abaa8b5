import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, Paperclip, RotateCw, Upload } from "lucide-react";
import { lazy, Suspense, useRef, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";
import { call, get } from "~/api/client";
import { contentPath, type StoredFile } from "~/api/files";
import { asApiError } from "~/api/problem";
import { cx } from "~/lib/cx";
import { formatMoment, formatSize } from "~/lib/format";
import { screen } from "~/lib/i18n";
import type { ObjectDef } from "~/metadata/model";
import { Button } from "~/ui/Button";
import { Note } from "~/ui/Note";
import { ErrorState } from "~/ui/States";

const FilePreview = lazy(() => screen(import("./FilePreview")));

/** The files of a record: look at them, take them along, add to them by a button or by dropping. */
export function Files({ object, id, mayEdit }: { object: ObjectDef; id: string; mayEdit: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [sending, setSending] = useState<{ done: number; of: number } | null>(null);
  const [failed, setFailed] = useState<{ files: File[]; why: string } | null>(null);
  const [over, setOver] = useState(false);
  const [shown, setShown] = useState<StoredFile | null>(null);
  const files = useQuery({ queryKey: ["files", object.name, id], queryFn: ({ signal }) => get<{ items: StoredFile[] }>(`/records/${object.name}/${id}/files`, undefined, signal) });
  // One after the other; what did not arrive is kept and can be sent again without choosing it again.
  const send = async (chosen: File[]) => {
    if (chosen.length === 0) return;
    setFailed(null);
    let done = 0;
    try {
      for (const file of chosen) {
        setSending({ done, of: chosen.length });
        const body = new FormData();
        body.append("file", file);
        await call("POST", `/records/${object.name}/${id}/files`, { body });
        done += 1;
      }
    } catch (thrown) {
      const problem = asApiError(thrown);
      setFailed({ files: chosen.slice(done), why: problem.detail || t(problem.isOffline ? "state.error.offline" : "files.failed") });
    } finally {
      setSending(null);
      if (input.current) input.current.value = "";
      await client.invalidateQueries({ queryKey: ["files", object.name, id] });
    }
  };
  const drag = (event: DragEvent) => {
    if (!mayEdit || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(event.type === "dragover");
    if (event.type === "drop") void send([...event.dataTransfer.files]);
  };
  if (files.isError) return <ErrorState error={asApiError(files.error)} title={t("files.listFailed")} retry={() => void files.refetch()} />;
  const items = files.data?.items ?? [];
  return (
    // Dropping has an equal: the button below it.
    <div className={cx("mt-3 flex flex-col gap-2 rounded-lg", over && "bg-accent-soft outline-1 outline-accent-line outline-dashed")} onDragOver={drag} onDragLeave={drag} onDrop={drag}>
      {failed ? (
        <Note tone="dan">
          <p>{failed.why}</p>
          <p className="mt-1" dir="auto">
            {failed.files.map((file) => file.name).join(", ")}
          </p>
          <Button small className="mt-2" icon={<RotateCw size={14} />} onClick={() => void send(failed.files)}>
            {t("action.tryAgain")}
          </Button>
        </Note>
      ) : null}
      <ul>
        {items.map((file) => (
          <li key={file.id} className="flex min-h-10 items-center gap-2 border-b border-line last:border-0">
            <Paperclip size={16} className="text-text-3" aria-hidden />
            <button type="button" className="link min-h-6 min-w-0 truncate text-start" dir="auto" title={file.name} onClick={() => setShown(file)}>
              {file.name}
            </button>
            <span className="ms-auto shrink-0 text-12 text-text-3 tabular-nums">
              {file.size !== undefined ? formatSize(file.size) : ""} {file.created_at ? formatMoment(file.created_at) : ""}
            </span>
            <a className="btn gho sm ic" href={contentPath(file)} download={file.name} aria-label={t("files.download", { what: file.name })} title={t("files.download", { what: file.name })}>
              <Download size={16} aria-hidden />
            </a>
          </li>
        ))}
      </ul>
      {files.isSuccess && items.length === 0 ? <p className="py-2 text-text-3">{t("files.none")}</p> : null}
      {mayEdit ? (
        <div className="flex flex-wrap items-center gap-3">
          <input ref={input} type="file" multiple className="hidden" aria-label={t("files.add")} onChange={(event) => void send([...(event.target.files ?? [])])} />
          <Button small busy={sending !== null} icon={<Upload size={14} />} onClick={() => input.current?.click()}>
            {t("files.add")}
          </Button>
          <span className="no-phone text-12 text-text-3" role="status">
            {sending ? t("files.sending", { done: sending.done + 1, of: sending.of }) : t("files.drop")}
          </span>
        </div>
      ) : null}
      <Suspense>{shown ? <FilePreview file={shown} onClose={() => setShown(null)} /> : null}</Suspense>
    </div>
  );
}
