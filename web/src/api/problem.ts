/** RFC 9457 problem of the server, or what stands for it when the server did not answer. */
export interface FieldError {
  field: string;
  code: string;
  detail: string;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly errors: FieldError[] = [],
    readonly requestId: string | null = null,
    readonly retryAfter: number | null = null,
  ) {
    super(detail || title || code);
    this.name = "ApiError";
  }

  get isOffline(): boolean {
    return this.status === 0;
  }
}

export async function problemOf(response: Response): Promise<ApiError> {
  const retry = Number(response.headers.get("retry-after"));
  const retryAfter = Number.isFinite(retry) && retry > 0 ? retry : null;
  try {
    const body = (await response.json()) as Record<string, unknown>;
    return new ApiError(
      response.status,
      text(body.code) || `http_${response.status}`,
      text(body.title) || response.statusText,
      text(body.detail),
      Array.isArray(body.errors) ? (body.errors as FieldError[]) : [],
      text(body.request_id) || response.headers.get("x-request-id"),
      retryAfter,
    );
  } catch {
    // A proxy in between may answer with a page instead of a problem.
    return new ApiError(response.status, `http_${response.status}`, response.statusText, "", [], response.headers.get("x-request-id"), retryAfter);
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Whatever was thrown, as an ApiError. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, "unexpected", "", error instanceof Error ? error.message : String(error));
}
