import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schema } from '../api/client';
import { allPages } from '../api/pages';

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
