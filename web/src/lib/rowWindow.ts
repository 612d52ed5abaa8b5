import { useCallback, useSyncExternalStore, type RefObject } from "react";

/**
 * Which rows of one height are on screen, and `beyond` more on each side. The table of records is the first thing most
 * people see: a library for rows of any height would be a tenth of all that the browser must load for it.
 * `head` and `foot` are what sticks over the rows.
 */
export function useRowWindow(scroller: RefObject<HTMLElement | null>, count: number, size: number, { beyond = 12, head = 0, foot = 0 } = {}): { first: number; last: number; total: number; scrollTo: (index: number) => void } {
  const subscribe = useCallback((changed: () => void) => watchScroll(scroller, changed), [scroller]);
  // Text, so that the same rows are the same snapshot: a scroll within one row draws nothing.
  const seen = useSyncExternalStore(subscribe, () => {
    const box = scroller.current;
    if (!box) return "0 -1";
    const first = Math.max(0, Math.floor(box.scrollTop / size) - beyond);
    return `${first} ${Math.ceil((box.scrollTop + box.clientHeight - head) / size) + beyond - 1}`;
  });
  const [first = 0, lowest = -1] = seen.split(" ").map(Number);
  const scrollTo = (index: number) => {
    const box = scroller.current;
    if (!box) return;
    const top = index * size;
    const least = top + size + head + foot - box.clientHeight;
    if (top < box.scrollTop) box.scrollTo({ top });
    else if (least > box.scrollTop) box.scrollTo({ top: least });
  };
  const last = Math.min(count - 1, lowest);
  return { first: Math.min(first, Math.max(0, last)), last, total: count * size, scrollTo };
}

function watchScroll(scroller: RefObject<HTMLElement | null>, changed: () => void): () => void {
  const box = scroller.current;
  if (!box) return () => undefined;
  const watch = new ResizeObserver(changed);
  watch.observe(box);
  box.addEventListener("scroll", changed, { passive: true });
  return () => {
    watch.disconnect();
    box.removeEventListener("scroll", changed);
  };
}
