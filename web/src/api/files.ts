import { pathWithQuery } from "./client";
import { ApiError, problemOf } from "./problem";

export interface StoredFile {
  id: string;
  name: string;
  size?: number;
  type?: string;
  content_type?: string;
  created_at?: string;
  url?: string;
}

export const contentPath = (file: StoredFile): string => file.url ?? pathWithQuery(`/files/${file.id}/content`);

/** The content of a file. The server notes each as handed out, so it is fetched when somebody looks and not before. */
export async function fetchContent(file: StoredFile, signal?: AbortSignal): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(contentPath(file), { credentials: "same-origin", signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "offline", "", "");
  }
  if (!response.ok) throw await problemOf(response);
  return await response.blob();
}
