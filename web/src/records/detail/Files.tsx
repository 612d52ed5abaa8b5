import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Paperclip, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { call, get, pathWithQuery } from "~/api/client";
import { asApiError } from "~/api/problem";
import type { ObjectDef } from "~/metadata/model";
import { formatMoment, formatNumber } from "~/lib/format";
import { Button } from "~/ui/Button";
import { Note } from "~/ui/Note";
import { ErrorState } from "~/ui/States";

interface StoredFile {
  id: string;
  name: string;
  size?: number;
  type?: string;
  created_at?: string;
  url?: string;
}

export function Files({ object, id, mayEdit }: { object: ObjectDef; id: string; mayEdit: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const files = useQuery({ queryKey: ["files", object.name, id], queryFn: ({ signal }) => get<{ items: StoredFile[] }>(`/records/${object.name}/${id}/files`, undefined, signal) });
  const send = async (chosen: FileList | null) => {
    if (!chosen?.length) return;
    setBusy(true);
    setError(null);
    try {
      for (const file of chosen) {
        const body = new FormData();
        body.append("file", file);
        await call("POST", `/records/${object.name}/${id}/files`, { body });
      }
      await client.invalidateQueries({ queryKey: ["files", object.name, id] });
    } catch (thrown) {
      setError(asApiError(thrown).detail || t("files.failed"));
    } finally {
      setBusy(false);
      if (input.current) input.current.value = "";
    }
  };
  if (files.isError) return <ErrorState error={asApiError(files.error)} title={t("files.listFailed")} retry={() => void files.refetch()} />;
  const items = files.data?.items ?? [];
  return (
    <div className="mt-3 flex flex-col gap-2">
      {error ? <Note tone="dan">{error}</Note> : null}
      <ul>
        {items.map((file) => (
          <li key={file.id} className="flex min-h-10 items-center gap-2 border-b border-line last:border-0">
            <Paperclip size={16} className="text-text-3" aria-hidden />
            <a className="link min-w-0 truncate" href={file.url ?? pathWithQuery(`/files/${file.id}/content`)} download={file.name} dir="auto">
              {file.name}
            </a>
            <span className="ms-auto shrink-0 text-12 text-text-3 tabular-nums">
              {file.size !== undefined ? `${formatNumber(Math.ceil(file.size / 1024), 0)} kB` : ""} {file.created_at ? formatMoment(file.created_at) : ""}
            </span>
          </li>
        ))}
      </ul>
      {files.isSuccess && items.length === 0 ? <p className="py-2 text-text-3">{t("files.none")}</p> : null}
      {mayEdit ? (
        <>
          <input ref={input} type="file" multiple className="hidden" aria-label={t("files.add")} onChange={(event) => void send(event.target.files)} />
          <Button small className="self-start" busy={busy} icon={<Upload size={14} />} onClick={() => input.current?.click()}>
            {t("files.add")}
          </Button>
        </>
      ) : null}
    </div>
  );
}
