import { expect, it } from 'vitest';
import { byDay, byGroup, calls, wholeDays } from './usage-sums';
import type { Counted } from './usage-data';

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
