import { afterEach, expect, it } from 'vitest';
import { forgetResetToken, resetToken, takeResetToken } from './reset-token';

afterEach(forgetResetToken);

it.each([
  ['abc-_1', 'abc-_1'],
  ['a%2Bb', 'a+b'],
  ['cut%', 'cut%'],
  ['%E0%A4%A', '%E0%A4%A'],
])('a link with %s leaves nothing in the address', (text, token) => {
  history.replaceState({ key: 'abc' }, '', `/console/reset?x=1#token=${text}`);
  takeResetToken();
  expect([location.search, location.hash, history.state]).toEqual(['?x=1', '', { key: 'abc' }]);
  expect(resetToken()).toBe(token);
});
