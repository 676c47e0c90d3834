import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from '../api/client';
import { deleteAll } from '../api/deletion';
import { allKeys, type KeyOwner, type KeyReading } from '../keys/owner';
import { t } from '../strings';
import { watched } from '../usage/key-usage';
import { changedWithout } from './gone';
import { type User, useAdministrationChanged } from './people-data';
import { useSpaces } from './spaces-data';

const accountKey = (id: string) => ['admin', 'service-accounts', id] as const;
const of = (id: string) => ({ path: { id } });

export function useAccount(id: string) {
  return useQuery({
    queryKey: accountKey(id),
    queryFn: () => body(api.GET('/admin/service-accounts/{id}', { params: of(id) })),
  });
}

const accountKeys = (id: string): KeyReading => ({
  queryKey: [...accountKey(id), 'api-keys'],
  queryFn: () =>
    allKeys((query) =>
      body(api.GET('/admin/service-accounts/{id}/api-keys', { params: { ...of(id), query } })),
    ),
});

/** For a screen, which reads them anew from time to time. */
export const useAccountKeys = (id: string) => useQuery({ ...accountKeys(id), ...watched });

/** Reads them anew, whatever is known already. */
export const useAccountKeysAnew = (id: string) => useQuery({ ...accountKeys(id), refetchOnMount: 'always' });

/**
 * A service account as the owner of keys. It is offered all spaces, because nothing lists those that it reaches; the
 * API refuses a key for another. A key is made when they are read, and not without the choice of some.
 */
export function useAccountOwner(id: string): { owner: KeyOwner; canCreate: boolean; noSpaces: boolean } {
  const account = useAccount(id);
  const spaces = useSpaces();
  const changed = useAdministrationChanged();
  const key = (key: string) => ({ path: { id, key } });
  const owner: KeyOwner = {
    owner: { id, kind: 'service_account' },
    keys: accountKeys(id),
    spaces: spaces.data ?? [],
    spacesHelp: t.admin.accounts.keys.chooseHelp,
    everything: t.keys.form.everythingOf,
    allSpaces: t.admin.accounts.keys.allSpaces,
    disabled: account.data?.disabled ?? false,
    create: (made) => body(api.POST('/admin/service-accounts/{id}/api-keys', { params: of(id), body: made })),
    rename: (one, name) =>
      api.PATCH('/admin/service-accounts/{id}/api-keys/{key}', { params: key(one), body: { name } }),
    rotate: (one, overlap_seconds) =>
      body(
        api.POST('/admin/service-accounts/{id}/api-keys/{key}/rotate', {
          params: key(one),
          body: { overlap_seconds },
        }),
      ),
    revoke: (one) => api.DELETE('/admin/service-accounts/{id}/api-keys/{key}', { params: key(one) }),
    changed,
  };
  const canCreate = account.data?.disabled === false && spaces.data !== undefined;
  return { owner, canCreate, noSpaces: spaces.isError && spaces.data === undefined };
}

export const updateAccount = (id: string, change: Partial<Pick<User, 'name' | 'org_role' | 'disabled'>>) =>
  api.PATCH('/admin/service-accounts/{id}', { params: of(id), body: change });

export const deleteAccount = (id: string) =>
  deleteAll(() => api.DELETE('/admin/service-accounts/{id}', { params: of(id) }));

/** After an account was deleted: it is not asked for again. */
export function useAccountGone() {
  const client = useQueryClient();
  return (id: string) => changedWithout(client, accountKey(id), [['admin']]);
}
