import { expect, it } from 'vitest';
import { addresses, routes, series, total } from './series';

const none = { forbidden: 0, unauthorized: 0, faults: 0 };

it('hours and days without calls are zeros, the oldest first', () => {
  const now = Date.parse('2026-03-03T05:30:00Z');
  const counted = [
    { from: '2026-03-03T00:00:00Z', allowed: 5, ...none },
    { from: '2026-03-01T00:00:00Z', allowed: 2, ...none, faults: 1 },
    { from: '2026-02-01T00:00:00Z', allowed: 9, ...none },
  ];
  const points = series(counted, 'day', 4, now);
  expect(points.map((point) => point.from.slice(0, 10))).toEqual([
    '2026-02-28',
    '2026-03-01',
    '2026-03-02',
    '2026-03-03',
  ]);
  expect(points.map(total)).toEqual([0, 3, 0, 5]);
});

it('routes are added up, the most called first', () => {
  const at = { from: '', allowed: 0, ...none, distinct_addresses: 0, new_addresses: [] };
  const counted = [
    { ...at, routes: { 'GET /a': 1, 'GET /b': 2 } },
    { ...at, routes: { 'GET /a': 4 } },
  ];
  expect(routes(counted)).toEqual([
    { route: 'GET /a', calls: 5 },
    { route: 'GET /b', calls: 2 },
  ]);
});

it('an address is new once, when it first came; how many there were is not added up', () => {
  const at = { allowed: 0, ...none, routes: {} };
  const counted = [
    {
      ...at,
      from: '2026-03-02T00:00:00Z',
      distinct_addresses: 2,
      new_addresses: ['203.0.113.9', '203.0.113.7'],
    },
    { ...at, from: '2026-03-01T00:00:00Z', distinct_addresses: 3, new_addresses: ['203.0.113.7'] },
  ];
  expect(addresses(counted)).toEqual({
    most: 3,
    fresh: [
      { address: '203.0.113.9', since: '2026-03-02T00:00:00Z' },
      { address: '203.0.113.7', since: '2026-03-01T00:00:00Z' },
    ],
  });
  expect(addresses([])).toEqual({ most: 0, fresh: [] });
});
