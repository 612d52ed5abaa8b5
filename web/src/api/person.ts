import { queryOptions } from "@tanstack/react-query";
import { get, post, postForFile } from "./client";

export interface ErasurePlan {
  id: string | null;
  status: "preview" | "running" | "done";
  erased?: Record<string, number>;
  kept?: { object: string; count: number; until: string; why: string }[];
  held?: boolean;
}

export const erasureQuery = (object: string, id: string) =>
  queryOptions({ queryKey: ["erasure", object, id], queryFn: ({ signal }) => get<ErasurePlan>(`/records/${object}/${id}/erasure`, undefined, signal), staleTime: 0 });
export const erasePerson = (object: string, id: string): Promise<ErasurePlan> => post(`/records/${object}/${id}/erasure`);

/** All that is kept about a person. The server writes each copy down. */
export const fetchCopy = (object: string, id: string, format: "json" | "html", language: "en" | "de"): Promise<Blob> => postForFile(`/records/${object}/${id}/copy`, { format, language });
