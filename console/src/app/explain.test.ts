import { expect, it } from 'vitest';
import { ApiError } from '../api/errors';
import { t } from '../strings';
import { explain, wantsSignIn } from './explain';

it('tells a password that is too old from a missing permission', () => {
  const stale = 'Log in again: this needs a password that was entered within the last 10 minutes';
  expect(wantsSignIn(new ApiError(403, stale))).toBe(true);
  expect(wantsSignIn(new ApiError(403, 'An API key makes nobody an admin: log in'))).toBe(false);
  expect(wantsSignIn(new ApiError(403, ''))).toBe(false);
  expect(wantsSignIn(new ApiError(409, stale))).toBe(false);
  expect(wantsSignIn(new TypeError(stale))).toBe(false);
});

it('says when a service that is not available is to be asked again', () => {
  const { unavailable } = t.common.errors;
  expect(explain(new ApiError(503, '', 90))).toBe(unavailable(90));
  expect(unavailable(90)).toContain('in 2 minutes');
  expect(explain(new ApiError(500, ''))).toBe(unavailable(null));
});
