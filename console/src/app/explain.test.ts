import { expect, it } from 'vitest';
import { ApiError } from '../api/errors';
import { wantsSignIn } from './explain';

it('tells a password that is too old from a missing permission', () => {
  const stale = 'Log in again: this needs a password that was entered within the last 10 minutes';
  expect(wantsSignIn(new ApiError(403, stale))).toBe(true);
  expect(wantsSignIn(new ApiError(403, 'An API key makes nobody an admin: log in'))).toBe(false);
  expect(wantsSignIn(new ApiError(403, ''))).toBe(false);
  expect(wantsSignIn(new ApiError(409, stale))).toBe(false);
  expect(wantsSignIn(new TypeError(stale))).toBe(false);
});
