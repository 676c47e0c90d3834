import { expect, it } from 'vitest';
import { byDay, byGroup, calls, failures, mostUsed, wholeDays } from './usage-sums';
import type { Counted, OrganizationKey } from './usage-data';

const counted = (date: string, key: string, allowed: number, forbidden = 0): Counted => ({
  date,
  key,
  allowed,
  forbidden,
  unauthorized: 0,
  faults: 0,
  distinct_addresses: 1,
});

const usage = [
  counted('2026-03-01', 'key_a', 1),
  counted('2026-03-01', 'key_b', 2, 4),
  counted('2026-03-02', 'key_a', 3),
];

it('a day is the sum of its groups', () => {
  expect(byDay(usage)).toEqual([
    { from: '2026-03-01T00:00:00Z', allowed: 3, forbidden: 4, unauthorized: 0, faults: 0 },
    { from: '2026-03-02T00:00:00Z', allowed: 3, forbidden: 0, unauthorized: 0, faults: 0 },
  ]);
});

it('a group is the sum of its days, the most called first, refusals among the calls', () => {
  const groups = byGroup(usage, 'key');
  expect(groups.map((group) => [group.name, calls(group)])).toEqual([
    ['key_b', 6],
    ['key_a', 4],
  ]);
});

it('a day that may not have been read to its end is not drawn, nor are those before it', () => {
  const points = ['2026-02-28', '2026-03-01', '2026-03-02'].map((date) => ({
    from: `${date}T00:00:00.000Z`,
    allowed: 0,
    forbidden: 0,
    unauthorized: 0,
    faults: 0,
  }));
  expect(wholeDays(points, usage, true)).toHaveLength(3);
  expect(wholeDays(points, usage, false).map((point) => point.from.slice(0, 10))).toEqual(['2026-03-02']);
});

it('whatever was not let through is a failure', () => {
  expect(failures({ allowed: 5, forbidden: 1, unauthorized: 2, faults: 3 })).toBe(6);
});

it('the most used keys are looked at, a few of them, and none that is revoked', () => {
  const user = { id: 'usr_1', email: 'a@example.test', name: 'A', kind: 'human' as const };
  const key = (id: string): OrganizationKey => ({
    id,
    name: id,
    hint: 'abcd',
    created_at: '2026-01-01T00:00:00Z',
    expires_at: null,
    rotated_at: null,
    read_only: false,
    user,
    last_used_at: null,
  });
  const all = [...usage, counted('2026-03-02', 'key_revoked', 90), counted('2026-03-02', 'key_c', 1)];
  const known = ['key_a', 'key_b', 'key_c', 'key_unused'].map(key);
  const { suspects, used } = mostUsed(all, known, 2);
  expect(suspects.map((one) => [one.key.id, one.calls])).toEqual([
    ['key_b', 6],
    ['key_a', 4],
  ]);
  expect(used).toBe(3);
  expect(mostUsed([], known, 2)).toEqual({ suspects: [], used: 0 });
});
