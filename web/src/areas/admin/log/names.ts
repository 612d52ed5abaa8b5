import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { fetchPage } from "~/api/records";

const named = (object: string) =>
  queryOptions({
    queryKey: ["log", "names", object],
    queryFn: async () => (await fetchPage(object, { fields: ["name"], sort: "name", limit: 500, archived: "include" })).items,
    staleTime: 60_000,
    retry: false,
  });
export const peopleQuery = named("user");
const teamsQuery = named("team");

/** Names of colleagues and teams by their ids, as far as the asker may read them. */
export function useNames(): Map<string, string> {
  const people = useQuery(peopleQuery).data;
  const teams = useQuery(teamsQuery).data;
  return useMemo(() => new Map([...(people ?? []), ...(teams ?? [])].map((one) => [one.id, String(one.name ?? one.id)])), [people, teams]);
}
