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
        onDrag: ({ location }) => edge.aim(location.current.input.clientX, location.current.input.clientY),
        onDrop: ({ source, location }) => {
          edge.stop();
          setDragging(false);
          const stage = location.current.dropTargets[0]?.data.stage;
          if (typeof stage === "string") drop(source.data.record as RecordData, stage);
        },
      }),
    [],
  );
  return dragging;
}

/** A column outside the view, and a place further down, can be reached while dragging: scrolls as long as the pointer stays at an edge. */
const edge = {
  x: 0,
  y: 0,
  frame: 0,
  aim(x: number, y: number) {
    this.x = x;
    this.y = y;
    if (!this.frame) this.frame = requestAnimationFrame(() => this.step());
  },
  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  },
  step() {
    const board = document.querySelector(".board");
    if (!board) return this.stop();
    const sideways = pull(this.x, board.getBoundingClientRect().left, board.getBoundingClientRect().right);
    if (sideways) board.scrollBy({ left: sideways });
    const column = document.elementFromPoint(this.x, this.y)?.closest(".column-body");
    const box = column?.getBoundingClientRect();
    const upright = box ? pull(this.y, box.top, box.bottom) : 0;
    if (upright) column?.scrollBy({ top: upright });
    this.frame = requestAnimationFrame(() => this.step());
  },
};

/** Pixels to scroll: faster the nearer the pointer is to the edge. */
export function pull(at: number, from: number, to: number): number {
  if (to - from < 3 * EDGE_PX) return 0;
  const near = (distance: number) => Math.ceil(SPEED_PX * (1 - Math.max(0, distance) / EDGE_PX));
  if (at > to - EDGE_PX) return near(to - at);
  if (at < from + EDGE_PX) return -near(at - from);
  return 0;
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
