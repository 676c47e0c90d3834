import { expect, it } from 'vitest';
import { count, list } from '../strings/plural';
import { formatRelative, formatShare } from './format';

const now = Date.parse('2026-06-01T12:00:00Z');
const at = (seconds: number) => new Date(now + seconds * 1000);

it.each([
  [0, 'just now'],
  [-30, 'just now'],
  [-60, '1 minute ago'],
  [-3600, '1 hour ago'],
  [-86_400, 'yesterday'],
  [7 * 86_400, 'next week'],
  [90 * 86_400 - 5, 'in 3 months'],
  [365 * 86_400, 'next year'],
])('%d seconds from now is %s', (seconds, text) => {
  expect(formatRelative(at(seconds), now)).toBe(text);
});

it('numbers go with the form of their word', () => {
  expect([0, 1, 2, 1234].map((n) => count(n, 'key', 'keys'))).toEqual([
    '0 keys',
    '1 key',
    '2 keys',
    '1,234 keys',
  ]);
  expect(list(['a', 'b', 'c'])).toBe('a, b and c');
});

it('a share is never told as nothing where there is something', () => {
  expect([formatShare(0, 10), formatShare(1, 40), formatShare(1, 100_000), formatShare(0, 0)]).toEqual([
    '0%',
    '2.5%',
    '<0.1%',
    '0%',
  ]);
});
