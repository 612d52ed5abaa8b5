import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState, type DragEvent, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "~/lib/cx";
import { useObject } from "~/metadata/registry";
import { iconNamed } from "~/ui/icons";
import { useFavourites, type Place } from "./favourites";
import { addressOf } from "./address";

/** What one keeps at hand, in one's own order: dragged, or moved by Alt and the arrows. */
export default function FavouritesNav() {
  const { t } = useTranslation();
  const { places, move } = useFavourites();
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  if (places.length === 0) return null;
  const at = (id: string | null) => places.findIndex((place) => place.id === id);
  const go = async (place: Place, to: number) => {
    if (to < 0 || to >= places.length) return;
    await move(place, to);
    document.getElementById(`favourite-${place.id}`)?.focus(); // a row that is put elsewhere loses the focus
  };
  const key = (place: Place, index: number) => (event: KeyboardEvent) => {
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (!by || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void go(place, index + by);
  };
  const end = () => (setDragged(null), setOver(null));
  const drop = (index: number) => (event: DragEvent) => {
    event.preventDefault();
    const place = places[at(dragged)];
    end();
    if (place) void move(place, index);
  };
  return (
    <div role="group" aria-labelledby="area-favourites">
      <div className="grp" id="area-favourites">
        <span>{t("favourite.title")}</span>
      </div>
      {places.map((place, index) => (
        <div
          key={place.id}
          draggable
          className={cx("fav", dragged === place.id && "opacity-50")}
          data-drop={dragged !== null && over === place.id && dragged !== place.id ? (at(dragged) < index ? "after" : "before") : undefined}
          onDragStart={(event) => {
            event.dataTransfer.effectAllowed = "move";
            event.dataTransfer.setData("text/plain", place.title);
            setDragged(place.id);
          }}
          onDragOver={(event) => {
            if (dragged === null) return;
            event.preventDefault();
            setOver(place.id);
          }}
          onDrop={drop(index)}
          onDragEnd={end}
        >
          <FavouriteLink place={place} onKeyDown={key(place, index)} />
        </div>
      ))}
    </div>
  );
}

function FavouriteLink({ place, onKeyDown }: { place: Place; onKeyDown: (event: KeyboardEvent) => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { href, to } = addressOf(place);
  const params = useParams({ strict: false }) as { object?: string; id?: string };
  const { saved } = useSearch({ strict: false }) as { saved?: string };
  const current = place.list === undefined ? params.object === place.target.object && params.id === place.target.id : params.object === place.list && !params.id && saved === place.target.id;
  return (
    <a
      id={`favourite-${place.id}`}
      href={href}
      draggable={false}
      className="nav"
      aria-current={current ? "page" : undefined}
      aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
      title={`${place.title} (${t("favourite.keys")})`}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        void navigate(to);
      }}
    >
      <FavouriteMark place={place} />
      <span className="truncate" dir="auto">
        {place.title || t("record.untitled")}
      </span>
    </a>
  );
}

export function FavouriteMark({ place }: { place: Place }) {
  const Icon = iconNamed(useObject(place.list ?? place.target.object)?.icon);
  return <Icon size={16} aria-hidden />;
}
