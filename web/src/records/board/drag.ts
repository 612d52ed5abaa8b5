import { draggable, dropTargetForElements, monitorForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useEffect, useEffectEvent, useRef, useState, type RefObject } from "react";
import type { RecordData } from "~/api/types";

// The only file that names the drag-and-drop library.
const EDGE_PX = 64;
const SPEED_PX = 14;

/** True while a card is in the air; calls back with the card and the stage it was dropped on. */
export function useDragging(onDrop: (record: RecordData, stage: string) => void): boolean {
  const [dragging, setDragging] = useState(false);
  const drop = useEffectEvent(onDrop);
  useEffect(
    () =>
      monitorForElements({
        canMonitor: ({ source }) => source.data.kind === "card",
        onDragStart: () => setDragging(true),
        onDrag: ({ location }) => scrollAtEdge(location.current.input.clientX),
        onDrop: ({ source, location }) => {
          setDragging(false);
          const stage = location.current.dropTargets[0]?.data.stage;
          if (typeof stage === "string") drop(source.data.record as RecordData, stage);
        },
      }),
    [],
  );
  return dragging;
}

// A column outside the view must be reachable while dragging.
function scrollAtEdge(x: number): void {
  const board = document.querySelector(".board");
  if (!board) return;
  const { left, right } = board.getBoundingClientRect();
  if (x > right - EDGE_PX) board.scrollBy({ left: SPEED_PX });
  else if (x < left + EDGE_PX) board.scrollBy({ left: -SPEED_PX });
}

export function useCard(ref: RefObject<HTMLElement | null>, record: RecordData, enabled: boolean): boolean {
  const [lifted, setLifted] = useState(false);
  const latest = useRef(record);
  useEffect(() => {
    latest.current = record;
  }, [record]);
  useEffect(() => {
    const element = ref.current;
    if (!element || !enabled) return;
    return draggable({ element, getInitialData: () => ({ kind: "card", record: latest.current }), onDragStart: () => setLifted(true), onDrop: () => setLifted(false) });
  }, [ref, enabled]);
  return lifted;
}

export function useDropTarget(ref: RefObject<HTMLElement | null>, stage: string): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    return dropTargetForElements({
      element,
      getData: () => ({ stage }),
      canDrop: ({ source }) => source.data.kind === "card",
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: () => setOver(false),
    });
  }, [ref, stage]);
  return over;
}
