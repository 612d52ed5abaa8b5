import { Star as StarIcon } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Target } from "~/fields/reference";
import { IconButton } from "~/ui/Button";
import { useFavourites } from "./favourites";

/** Keeps a record or a view at hand, and lets it go again. */
export default function Star({ target, title, className }: { target: Target; title: string; className?: string }) {
  const { t } = useTranslation();
  const { mayMark, has, add, remove } = useFavourites();
  const [busy, setBusy] = useState(false);
  if (!mayMark) return null;
  const on = has(target);
  const toggle = async () => {
    if (busy) return;
    setBusy(true);
    await (on ? remove(target, title) : add(target));
    setBusy(false);
  };
  return (
    <IconButton label={t("favourite.one")} title={t(on ? "favourite.remove" : "favourite.add")} aria-pressed={on} className={className} onClick={() => void toggle()}>
      <StarIcon size={16} aria-hidden fill={on ? "currentColor" : "none"} className={on ? "text-accent-text" : undefined} />
    </IconButton>
  );
}
