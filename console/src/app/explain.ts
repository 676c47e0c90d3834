import { ApiError } from '../api/errors';
import { t } from '../strings';

/**
 * What a person is told about a failure. The API's own words follow where they say more than the status does: 409
 * and 422 name what is wrong.
 */
export function explain(error: unknown): string {
  const words = t.common.errors;
  if (!(error instanceof ApiError)) return words.unknown;
  switch (error.status) {
    case 0:
      return words.offline;
    case 401:
      return words.session;
    case 403:
      return error.detail === '' ? words.forbidden : error.detail;
    case 404:
      return words.gone;
    case 409:
      return error.detail === '' ? words.conflict : error.detail;
    case 412:
      return words.outdated;
    case 428:
      return words.noVersion;
    case 429:
      return words.throttled(error.retryAfter);
    case 400:
    case 413:
    case 415:
    case 422:
      return error.detail === '' ? words.unknown : error.detail;
    default:
      return error.status >= 500 ? words.unavailable(error.retryAfter) : words.unknown;
  }
}

/**
 * Whether the API wants a password that was entered just now. It answers 403 to this as to a missing permission, and
 * only its words tell which.
 */
export function wantsSignIn(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403 && /^log in again\b/i.test(error.detail);
}
