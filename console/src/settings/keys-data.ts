import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from '../api/client';
import { readAnew } from '../app/anew';
import { allKeys, type KeyOwner, type KeyReading } from '../keys/owner';
import { useKnownMe } from '../session/react';
import { watched } from '../usage/key-usage';

const of = (id: string) => ({ path: { id } });

const keys: KeyReading = {
  queryKey: ['api-keys'],
  queryFn: () => allKeys((query) => body(api.GET('/api-keys', { params: { query } }))),
};

/** For a screen, which reads them anew from time to time. */
export const useKeys = () => useQuery({ ...keys, ...watched });

/** Who is signed in, as the owner of keys. */
export function useOwnKeys(): KeyOwner {
  const client = useQueryClient();
  const { spaces } = useKnownMe();
  return {
    keys,
    spaces,
    create: (key) => body(api.POST('/api-keys', { body: key })),
    rename: (id, name) => api.PATCH('/api-keys/{id}', { params: of(id), body: { name } }),
    rotate: (id, overlap_seconds) =>
      body(api.POST('/api-keys/{id}/rotate', { params: of(id), body: { overlap_seconds } })),
    revoke: (id) => api.DELETE('/api-keys/{id}', { params: of(id) }),
    changed: () => readAnew(client, { queryKey: keys.queryKey }),
  };
}
