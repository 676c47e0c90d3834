/** What the API answered instead of what was asked for, or that it did not answer. */
export class ApiError extends Error {
  constructor(
    /** The HTTP status; 0 where no answer came. */
    readonly status: number,
    /** The API's own words, for people. */
    readonly detail: string,
    /** Seconds to wait, where the answer says so. */
    readonly retryAfter: number | null = null,
  ) {
    super(detail);
    this.name = 'ApiError';
  }

  /** Whether the same request may succeed a little later. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Whether a change may have been made all the same: no answer came, or none from what would know. */
export function mayBeDone(error: unknown): boolean {
  return error instanceof ApiError && [0, 500, 502, 504].includes(error.status);
}

/** The status of an error, 0 where it is none of the API's. */
export function statusOf(error: unknown): number {
  return error instanceof ApiError ? error.status : 0;
}

/** Whether the API refused one field of what was sent: its words begin with the field then. */
export function refuses(error: unknown, status: number, field: string): boolean {
  return (
    error instanceof ApiError && error.status === status && new RegExp(`^${field}\\b`).test(error.detail)
  );
}

/** Seconds of a `Retry-After` header, RFC 9110 §10.2.3: a number, or a date. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null || header.trim() === '') return null;
  if (/^\d+$/.test(header.trim())) return Number(header.trim());
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now) / 1000));
}

/** Reads an error's answer. Its body is `{"detail": …}` unless something in between made it. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  return toApiError(response, body);
}

/** The error of an answer whose body has been read. */
export function toApiError(response: Response, body: unknown): ApiError {
  const detail =
    typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string'
      ? body.detail
      : '';
  return new ApiError(response.status, detail, retryAfter(response.headers.get('Retry-After'), Date.now()));
}
