import { ApiError, problemOf } from "./problem";

const BASE = "/api/v1";
const PATIENCE_MS = 30_000;

let csrfToken = "";
let onSessionLost: (() => void) | null = null;
let onProofNeeded: (() => Promise<string | null>) | null = null;

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** Called when a call that needed a session got 401. */
export function whenSessionLost(action: () => void): void {
  onSessionLost = action;
}

/** Called when something dangerous wants a fresh proof of who sits here: null once it is given, else why nothing was done. */
export function whenProofNeeded(action: () => Promise<string | null>): void {
  onProofNeeded = action;
}

export interface CallOptions {
  query?: Record<string, string | number | boolean | undefined | null>;
  body?: unknown;
  /** Version for If-Match, or "*". */
  version?: number | "*";
  /** A POST that is repeated with the same key is done once. Questions by POST carry none: the server would keep each answer. */
  idempotencyKey?: string;
  signal?: AbortSignal;
  /** 401 here is an answer, not a lost session. */
  signingIn?: boolean;
}

export function pathWithQuery(path: string, query: CallOptions["query"] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  const text = search.toString();
  return `${BASE}${path}${text ? `?${text}` : ""}`;
}

/** Asks the server. Throws ApiError for every answer that is none. */
async function send(method: string, path: string, options: CallOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  let body: BodyInit | undefined;
  if (options.body instanceof FormData) body = options.body;
  else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.body);
  }
  if (method !== "GET" && csrfToken) headers["X-CSRF-Token"] = csrfToken;
  if (options.version !== undefined) headers["If-Match"] = options.version === "*" ? "*" : `"${options.version}"`;
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;

  const patience = AbortSignal.timeout(options.body instanceof FormData ? 10 * PATIENCE_MS : PATIENCE_MS);
  let response: Response;
  try {
    response = await fetch(pathWithQuery(path, options.query), {
      method,
      headers,
      body,
      credentials: "same-origin",
      signal: options.signal ? AbortSignal.any([options.signal, patience]) : patience,
    });
  } catch (error) {
    if (options.signal?.aborted) throw error; // the caller gave up: not a failure of the server
    throw new ApiError(0, patience.aborted ? "timeout" : "offline", "", "");
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.code === "fresh_sign_in_needed" && onProofNeeded) {
      const declined = await onProofNeeded();
      if (declined === null) return send(method, path, options);
      throw new ApiError(problem.status, problem.code, problem.title, declined, [], problem.requestId);
    }
    if (problem.status === 401 && !options.signingIn) onSessionLost?.();
    throw problem;
  }
  return response;
}

/** Answers undefined for an empty body. */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as T;
  const answer = await response.text();
  return (answer ? JSON.parse(answer) : undefined) as T;
}

/** A file that is made for this question. */
export const postForFile = async (path: string, body: unknown): Promise<Blob> => (await send("POST", path, { body })).blob();

export const get = <T>(path: string, query?: CallOptions["query"], signal?: AbortSignal): Promise<T> => call<T>("GET", path, { query, signal });
export const post = <T>(path: string, body: unknown = {}, options: CallOptions = {}): Promise<T> => call<T>("POST", path, { ...options, body });
