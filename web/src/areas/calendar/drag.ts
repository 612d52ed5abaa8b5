import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useEffect, useEffectEvent, useRef, useState, type RefObject } from "react";
import type { CalendarEvent } from "./events";

// The only file of the calendar that names the drag-and-drop library.

/** Lets an event be dragged; what it is dropped on hears how far from its top it was held. */
export function useDraggable(ref: RefObject<HTMLElement | null>, event: CalendarEvent): boolean {
  const [lifted, setLifted] = useState(false);
  const latest = useRef(event);
  useEffect(() => {
    latest.current = event;
  }, [event]);
  useEffect(() => {
    const element = ref.current;
    if (!element || event.series) return;
    return draggable({
      element,
      getInitialData: ({ input }) => ({ kind: "event", event: latest.current, held: input.clientY - element.getBoundingClientRect().top }),
      onDragStart: () => setLifted(true),
      onDrop: () => setLifted(false),
    });
  }, [ref, event.series]);
  return lifted;
}

/** `onDrop` gets the event and how far below the top of the target its own top came down. */
export function useDropDay(ref: RefObject<HTMLElement | null>, onDrop: (event: CalendarEvent, top: number) => void): boolean {
  const [over, setOver] = useState(false);
  const drop = useEffectEvent(onDrop);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    return dropTargetForElements({
      element,
      canDrop: ({ source }) => source.data.kind === "event",
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source, location }) => {
        setOver(false);
        drop(source.data.event as CalendarEvent, location.current.input.clientY - Number(source.data.held) - element.getBoundingClientRect().top);
      },
    });
  }, [ref]);
  return over;
}
