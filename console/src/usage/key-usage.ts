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

/** How often the screen of one key reads anew, while it is seen. */
export const WATCH_MS = 30_000;

/** A key's calls in the last `steps` hours or days, this one included. `watched` reads them anew from time to time. */
export function useKeyUsage(
  place: KeyPlace,
  interval: Interval,
  steps: number,
  { enabled = true, watched = false } = {},
) {
  return useQuery({
    refetchInterval: watched && WATCH_MS,
    queryKey: ['key-usage', place.id, place.owner?.id ?? null, interval, steps],
    enabled,
    staleTime: 60_000,
    queryFn: () => {
      const from = new Date(startOf(Date.now(), interval) - (steps - 1) * LENGTH_MS[interval]).toISOString();
      return readKeyUsage(place, { interval, from: from.replace(/\.\d+Z$/, 'Z') });
    },
  });
}
