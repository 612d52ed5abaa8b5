import { useMedia } from "~/lib/media";
import { usePreferences } from "~/lib/preferences";

/** Whether the sidebar is only a strip of icons: by choice, and always on narrow screens. */
export function useRail(): boolean {
  const { rail } = usePreferences();
  const narrow = useMedia("(max-width: 900px)");
  return rail || narrow;
}
