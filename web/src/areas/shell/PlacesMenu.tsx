import { Menu as MenuIcon, TrendingUp } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { rightsQuery } from "~/api/session";
import { modelLabel } from "~/lib/i18n";
import { useObjects } from "~/metadata/registry";
import { addressOf } from "~/records/favourites/address";
import { useFavourites } from "~/records/favourites/favourites";
import { FavouriteMark } from "~/records/favourites/FavouritesNav";
import { iconNamed } from "~/ui/icons";
import { MenuButton } from "~/ui/Menu";
import { otherPlaces, placesOf } from "./places";
import { useUserMenu } from "./UserMenu";

/** On a phone: favourites and all places, one below the other. */
export default function PlacesMenu() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const objects = useObjects();
  const rights = useQuery(rightsQuery).data;
  const userMenu = useUserMenu();
  const favourites = useFavourites().places.map((place) => ({ id: `favourite-${place.id}`, label: place.title || t("record.untitled"), icon: <FavouriteMark place={place} />, onAction: () => void navigate(addressOf(place).to) }));
  const mayRead = (name: string) => rights?.objects[name]?.read !== false;
  const places = [...placesOf(objects, mayRead).flatMap((group) => group.objects), ...otherPlaces(objects, mayRead)];
  const go = places.map((object) => {
    const Icon = iconNamed(object.icon);
    return { id: `go-${object.name}`, label: modelLabel(object.plural_label), icon: <Icon size={16} />, onAction: () => void navigate({ to: "/$object", params: { object: object.name } }) };
  });
  if (mayRead("opportunity")) go.push({ id: "forecast", label: t("shell.forecast"), icon: <TrendingUp size={16} />, onAction: () => void navigate({ to: "/sales/forecast" }) });
  return (
    <MenuButton label={t("shell.more")} buttonClass="" groups={[{ title: t("favourite.title"), items: favourites }, { items: go }, ...userMenu]} showLabel>
      <MenuIcon size={22} aria-hidden />
      {t("shell.more")}
    </MenuButton>
  );
}
