import { describe, expect, it } from 'vitest';
import type { Schema } from '../api/client';
import { curl, expiresAt, expiryOf, lastUseOf, lines, liveKeys, madeBy, sameEnds } from './values';

const now = Date.parse('2026-06-01T12:00:00.123Z');

describe('the end of a new key', () => {
  it('is in UTC to the second', () => {
    expect(expiresAt('d30', '', now)).toBe('2026-07-01T12:00:00Z');
  });
  it('is left to the organization where none is chosen', () => {
    expect(expiresAt('never', '', now)).toBeNull();
  });
  it('is the end of a day here', () => {
    const end = expiresAt('date', '2026-06-02', now);
    expect(new Date(end ?? '').toLocaleString('en-GB')).toContain('23:59:59');
  });
  it.each(['', 'tomorrow', '2026-05-31'])('is no day such as %j', (day) => {
    expect(expiresAt('date', day, now)).toBeUndefined();
  });
});

it('networks stand in lines, or between commas', () => {
  expect(lines(' 203.0.113.7\n\n198.51.100.0/24, 2001:db8::/32 ')).toEqual([
    '203.0.113.7',
    '198.51.100.0/24',
    '2001:db8::/32',
  ]);
  expect(lines(' \n')).toEqual([]);
});

it('what a key made ends with it, and what that made', () => {
  const key = (id: string, maker: string | null) => ({ id, created_by_key: maker }) as Schema<'ApiKey'>;
  const keys = [key('a', null), key('b', 'a'), key('c', 'b'), key('d', null), key('e', 'd')];
  expect(madeBy('a', keys).map(({ id }) => id)).toEqual(['b', 'c']);
  expect(madeBy('c', keys)).toEqual([]);
  // No list of keys, however odd, makes it go round in circles.
  expect(madeBy('x', [key('x', 'y'), key('y', 'x')]).map(({ id }) => id)).toEqual(['y']);
});

it('what ends with a key is the same where nothing else does, and no first use came in between', () => {
  const key = (id: string, maker: string | null, last_used_at: string | null = null) =>
    ({ id, created_by_key: maker, last_used_at }) as Schema<'ApiKey'>;
  const seen = [key('a', null), key('b', 'a')];
  expect(sameEnds('a', seen, [key('b', 'a', 'today'), key('other', null), key('a', null)])).toBe(true);
  expect(sameEnds('a', seen, [...seen, key('c', 'b')])).toBe(false);
  expect(sameEnds('a', seen, [key('a', null, 'today'), key('b', 'a')])).toBe(false);
});

it('an end is never, later, soon or over', () => {
  const ends = [null, '2026-07-01T00:00:00Z', '2026-06-02T00:00:00Z', '2026-06-01T12:00:00Z'];
  expect(ends.map((expires_at) => expiryOf({ expires_at }, now))).toEqual([
    'none',
    'later',
    'soon',
    'expired',
  ]);
});

it('what stops with an owner are the keys that have not expired', () => {
  const keys = [null, '2026-06-01T12:00:01Z', '2026-06-01T12:00:00Z'].map((expires_at) => ({ expires_at }));
  expect(liveKeys(keys, now)).toEqual(keys.slice(0, 2));
});

it('the last use is the latest of any key, in whatever order they come', () => {
  const used = (...times: (string | null)[]) => lastUseOf(times.map((last_used_at) => ({ last_used_at })));
  expect(used('2026-05-01T00:00:00Z', null, '2026-05-03T00:00:00Z', '2026-05-02T00:00:00Z')).toBe(
    '2026-05-03T00:00:00Z',
  );
  expect(used(null)).toBeNull();
  expect(used()).toBeNull();
});

it('the line for a shell is one line, in quotes that nothing ends', () => {
  expect(curl("https://x.test/it's", 'qarion_1')).toBe(
    "curl 'https://x.test/it%27s/users/me' -H 'Authorization: Bearer qarion_1'",
  );
});
