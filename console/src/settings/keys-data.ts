import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schema } from '../api/client';
import { allPages } from '../api/pages';
import { LENGTH_MS, type Interval, startOf } from '../usage/series';

export const keysKey = ['api-keys'] as const;

/** All of a person's keys, the newest first. All, because revoking has to name what a key made. */
export function useKeys() {
  return useQuery({
    queryKey: keysKey,
    queryFn: async () => {
      const keys = await allPages<Schema<'ApiKey'>>(async (cursor) => {
        const query = { limit: 100, ...(cursor !== undefined && { cursor }) };
        const page = await body(api.GET('/api-keys', { params: { query } }));
        return { items: page.api_keys, next: page.next_cursor };
      });
      return keys.sort((a, b) => b.created_at.localeCompare(a.created_at) || a.id.localeCompare(b.id));
    },
  });
}

/** After a change of a key. */
export function useKeysChanged(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keysKey });
}

/** A key's calls in the last `steps` hours or days, this one included. */
export function useKeyUsage(id: string, interval: Interval, steps: number, enabled = true) {
  return useQuery({
    queryKey: ['key-usage', id, interval, steps],
    enabled,
    staleTime: 60_000,
    queryFn: () => {
      const from = new Date(startOf(Date.now(), interval) - (steps - 1) * LENGTH_MS[interval]).toISOString();
      const query = { interval, from: from.replace(/\.\d+Z$/, 'Z') };
      return body(api.GET('/api-keys/{id}/usage', { params: { path: { id }, query } }));
    },
  });
}
