import { expect, it } from 'vitest';
import { estimate } from './strength';
import { characters } from './strength-rules';

const context = ['Ada Lovelace', 'ada.lovelace@example.test', 'Analytical Engines'];

it.each([
  ['aaaaaaaaaaaaaaaaaaaa', 'weak'],
  ['passwordpassword', 'weak'],
  ['qwertyuiopasdfghjkl', 'weak'],
  ['analytical-lovelace', 'context'],
  ['tundra velvet obelisk 7', 'strong'],
])('%s is %s', (password, verdict) => {
  expect(estimate(password, context).verdict).toBe(verdict);
});

it('characters are code points', () => {
  expect(characters('🔑a')).toBe(2);
});
