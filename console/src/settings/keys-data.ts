import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from '../api/client';
import { readAnew } from '../app/anew';
import { allKeys, type KeyOwner } from '../keys/owner';
import { useKnownMe } from '../session/react';
import { WATCH_MS } from '../usage/key-usage';

export const keysKey = ['api-keys'] as const;

const of = (id: string) => ({ path: { id } });

/** `watched` reads them anew from time to time. */
export function useKeys(watched = false) {
  return useQuery({
    refetchInterval: watched && WATCH_MS,
    queryKey: keysKey,
    queryFn: () => allKeys((query) => body(api.GET('/api-keys', { params: { query } }))),
  });
}

/** Who is signed in, as the owner of keys. */
export function useOwnKeys(): KeyOwner {
  const client = useQueryClient();
  const { spaces } = useKnownMe();
  return {
    spaces,
    create: (key) => body(api.POST('/api-keys', { body: key })),
    rename: (id, name) => api.PATCH('/api-keys/{id}', { params: of(id), body: { name } }),
    rotate: (id, overlap_seconds) =>
      body(api.POST('/api-keys/{id}/rotate', { params: of(id), body: { overlap_seconds } })),
    revoke: (id) => api.DELETE('/api-keys/{id}', { params: of(id) }),
    changed: () => readAnew(client, { queryKey: keysKey }),
  };
}
