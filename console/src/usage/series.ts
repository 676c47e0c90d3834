import type { Schema } from '../api/client';

export type Interval = 'hour' | 'day';
type Counted = Schema<'KeyUsage'>['usage'][number];
/** The decisions of an hour or a day. */
export type Point = Pick<Counted, 'from' | 'allowed' | 'forbidden' | 'unauthorized' | 'faults'>;

const HOUR_MS = 3_600_000;
export const LENGTH_MS: Record<Interval, number> = { hour: HOUR_MS, day: 24 * HOUR_MS };

/** The start of the hour or day in UTC, which is how the API counts. */
export function startOf(time: number, interval: Interval): number {
  return Math.floor(time / LENGTH_MS[interval]) * LENGTH_MS[interval];
}

/**
 * The last `steps` hours or days up to now, the oldest first. The API names those in which something was counted;
 * the others are zeros.
 */
export function series(counted: readonly Point[], interval: Interval, steps: number, now: number): Point[] {
  const found = new Map(counted.map((point) => [startOf(Date.parse(point.from), interval), point]));
  const last = startOf(now, interval);
  return Array.from({ length: steps }, (_, step) => {
    const at = last - (steps - 1 - step) * LENGTH_MS[interval];
    const zero = { allowed: 0, forbidden: 0, unauthorized: 0, faults: 0 };
    const { allowed, forbidden, unauthorized, faults } = found.get(at) ?? zero;
    return { from: new Date(at).toISOString(), allowed, forbidden, unauthorized, faults };
  });
}

export const total = (point: Point): number =>
  point.allowed + point.forbidden + point.unauthorized + point.faults;

/** The calls by route of all hours or days together, the most called first. */
export function routes(counted: readonly Counted[]): { route: string; calls: number }[] {
  const sums = new Map<string, number>();
  for (const { routes: each } of counted) {
    for (const [route, calls] of Object.entries(each)) sums.set(route, (sums.get(route) ?? 0) + calls);
  }
  return [...sums].map(([route, calls]) => ({ route, calls })).sort((a, b) => b.calls - a.calls);
}

/**
 * How many addresses there were at most in an hour or day, as estimated, and those that were new, the newest first.
 */
export function addresses(counted: readonly Counted[]): {
  most: number;
  fresh: { address: string; since: string }[];
} {
  const since = new Map<string, string>();
  for (const { from, new_addresses } of counted) {
    for (const address of new_addresses) {
      const known = since.get(address);
      if (known === undefined || from < known) since.set(address, from);
    }
  }
  return {
    most: Math.max(0, ...counted.map((each) => each.distinct_addresses)),
    fresh: [...since]
      .map(([address, from]) => ({ address, since: from }))
      .sort((a, b) => b.since.localeCompare(a.since) || a.address.localeCompare(b.address)),
  };
}
