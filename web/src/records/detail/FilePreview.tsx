import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { contentPath, fetchContent, type StoredFile } from "~/api/files";
import { asApiError } from "~/api/problem";
import { Dialog } from "~/ui/Dialog";
import { ErrorState } from "~/ui/States";

const MOST_BYTES = 25_000_000;
const MOST_TEXT = 200_000;
type Kind = "image" | "pdf" | "text" | "other";

/** What can be shown without a program of its own. SVG is text here: as a picture it could carry more than a picture. */
export function kindOfFile({ name, type, content_type }: StoredFile): Kind {
  const said = (type ?? content_type ?? "").toLowerCase();
  if (/^image\/(png|jpe?g|gif|webp|avif|bmp)$/.test(said)) return "image";
  if (said === "application/pdf") return "pdf";
  if (said.startsWith("text/") || /(json|xml|yaml)$/.test(said) || /\.(txt|csv|md|log|json|xml|ya?ml|toml|eml|vcf|ics)$/i.test(name)) return "text";
  return "other";
}

/** A file over the record; what cannot be shown says so and offers the download. */
export default function FilePreview({ file, onClose }: { file: StoredFile; onClose: () => void }) {
  const { t } = useTranslation();
  const kind = (file.size ?? 0) > MOST_BYTES ? "other" : kindOfFile(file);
  const content = useQuery({ queryKey: ["content", file.id], queryFn: ({ signal }) => fetchContent(file, signal), enabled: kind !== "other", gcTime: 0, staleTime: Infinity, retry: false });
  return (
    <Dialog
      title={file.name}
      width={kind === "other" ? 480 : 960}
      onClose={onClose}
      footer={
        <a className="btn pri" href={contentPath(file)} download={file.name}>
          <Download size={16} aria-hidden />
          {t("files.downloadShort")}
        </a>
      }
    >
      {kind === "other" ? (
        <p className="text-text-2">{t("files.noPreview")}</p>
      ) : content.isError ? (
        <ErrorState error={asApiError(content.error)} title={t("files.previewFailed")} retry={() => void content.refetch()} />
      ) : content.data ? (
        kind === "text" ? <TextView content={content.data} /> : <Picture content={content.data} kind={kind} name={file.name} />
      ) : (
        <div className="skel h-80" aria-busy />
      )}
    </Dialog>
  );
}

function Picture({ content, kind, name }: { content: Blob; kind: "image" | "pdf"; name: string }) {
  // The type is ours and not the file's: whatever is in it, the browser reads it as nothing else.
  const [url] = useState(() => URL.createObjectURL(kind === "pdf" ? new Blob([content], { type: "application/pdf" }) : content));
  useEffect(() => () => void setTimeout(() => URL.revokeObjectURL(url), 60_000), [url]); // not at once: the viewer may still be reading
  return kind === "pdf" ? <iframe className="h-[70vh] w-full border-0" src={url} title={name} /> : <img className="mx-auto block max-h-[70vh] max-w-full object-contain" src={url} alt={name} />;
}

function TextView({ content }: { content: Blob }) {
  const { t } = useTranslation();
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    void content.slice(0, MOST_TEXT).text().then((read) => wanted && setText(read));
    return () => {
      wanted = false;
    };
  }, [content]);
  return (
    <>
      {/* Keys must be able to scroll it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="max-h-[70vh] overflow-auto text-12 break-words whitespace-pre-wrap" dir="auto" tabIndex={0}>
        {text ?? ""}
      </pre>
      {content.size > MOST_TEXT ? <p className="mt-2 text-text-3">{t("files.cut")}</p> : null}
    </>
  );
}
