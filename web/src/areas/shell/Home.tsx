import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { rightsQuery } from "~/api/session";
import { objectsQuery } from "~/metadata/registry";
import { ErrorState } from "~/ui/States";
import { FIRST_PLACES } from "./places";

/** Opens the day of who has tasks or customers; anyone else gets the first of the usual places that they may read. */
export function Home() {
  const { t } = useTranslation();
  const objects = useQuery(objectsQuery);
  const rights = useQuery(rightsQuery);
  if (objects.isError) return <ErrorState page error={asApiError(objects.error)} title={t("state.error.start")} retry={() => void objects.refetch()} />;
  if (!objects.data || rights.isPending) return null;
  const readable = objects.data.filter((object) => rights.data?.objects[object.name]?.read !== false);
  if (rights.data?.objects.task?.read || rights.data?.objects.opportunity?.read) return <Navigate to="/my-day" replace />;
  const first = FIRST_PLACES.find((name) => readable.some((object) => object.name === name)) ?? readable[0]?.name;
  return first ? <Navigate to="/$object" params={{ object: first }} replace /> : null;
}
