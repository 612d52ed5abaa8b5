const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/ß/g, "s").toLocaleLowerCase();

/** Marks the words that begin with what was typed; accents and case do not matter, as in the search itself. */
export function Highlight({ text, query }: { text: string; query: string }) {
  const wanted = fold(query).split(/\s+/).filter(Boolean);
  const parts = text.split(/(\s+)/);
  return (
    <>
      {parts.map((part, index) => {
        const length = Math.max(0, ...wanted.filter((word) => fold(part).startsWith(word)).map((word) => word.length));
        return length === 0 ? (
          part
        ) : (
          <span key={index}>
            <mark className="bg-transparent font-semibold text-accent-text">{part.slice(0, length)}</mark>
            {part.slice(length)}
          </span>
        );
      })}
    </>
  );
}
