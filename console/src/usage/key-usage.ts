import { useQuery } from '@tanstack/react-query';
import { api, body, type Schema } from '../api/client';
import { type Interval, LENGTH_MS, startOf } from './series';

export type KeyUsage = Schema<'KeyUsage'>;
/** Whose a key is, for an administrator. */
export type Owner = Pick<Schema<'User'>, 'id' | 'kind'>;
/** A key: one's own, or with its owner. */
export type KeyPlace = { id: string; owner?: Owner };
type Query = { interval?: Interval; from?: string };

/** What was counted of a key. Without a start these are the last seven days. */
export function readKeyUsage({ id, owner }: KeyPlace, query: Query = {}): Promise<KeyUsage> {
  if (owner === undefined) return body(api.GET('/api-keys/{id}/usage', { params: { path: { id }, query } }));
  const params = { path: { id: owner.id, key: id }, query };
  return body(
    owner.kind === 'human'
      ? api.GET('/admin/users/{id}/api-keys/{key}/usage', { params })
      : api.GET('/admin/service-accounts/{id}/api-keys/{key}/usage', { params }),
  );
}

/** How often a screen of keys reads anew, while it is seen. */
export const WATCH_MS = 30_000;
/** What programs do in the meantime shows: when a screen is opened, and from time to time while it is. */
export const watched = { refetchInterval: WATCH_MS, refetchOnMount: 'always' } as const;

/** The period that is shown first. */
export const WEEK = ['day', 7] as const satisfies [Interval, number];

/** A key's calls in the last `steps` hours or days, this one included. */
export function useKeyUsage(place: KeyPlace, interval: Interval, steps: number, { enabled = true } = {}) {
  return useQuery({
    ...watched,
    queryKey: ['key-usage', place.id, place.owner?.id ?? null, interval, steps],
    enabled,
    queryFn: () => {
      const from = new Date(startOf(Date.now(), interval) - (steps - 1) * LENGTH_MS[interval]).toISOString();
      return readKeyUsage(place, { interval, from: from.replace(/\.\d+Z$/, 'Z') });
    },
  });
}
