import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schema } from '../api/client';
import { allPages } from '../api/pages';

export type User = Schema<'User'>;

const next = (cursor: string | undefined) => ({ limit: 100, ...(cursor !== undefined && { cursor }) });

export function useUsers() {
  return useQuery({
    queryKey: ['admin', 'users'],
    queryFn: () =>
      allPages<User>(async (cursor) => {
        const page = await body(api.GET('/admin/users', { params: { query: next(cursor) } }));
        return { items: page.users, next: page.next_cursor };
      }),
  });
}

export function useServiceAccounts() {
  return useQuery({
    queryKey: ['admin', 'service-accounts'],
    queryFn: () =>
      allPages<User>(async (cursor) => {
        const page = await body(api.GET('/admin/service-accounts', { params: { query: next(cursor) } }));
        return { items: page.service_accounts, next: page.next_cursor };
      }),
  });
}

export type Stopping = Schema<'Offboarding'>['api_keys'][number];

/** What stops when a user is disabled, with all of its keys. */
export function useOffboarding(id: string) {
  return useQuery({
    queryKey: ['admin', 'users', id, 'offboarding'],
    queryFn: async () => {
      const read = (cursor: string | undefined) =>
        body(api.GET('/admin/users/{id}/offboarding', { params: { path: { id }, query: next(cursor) } }));
      const first = await read(undefined);
      const { user, last_organization_admin, spaces } = first;
      const keys = await allPages<Stopping>(async (cursor) => {
        const page = cursor === undefined ? first : await read(cursor);
        return { items: page.api_keys, next: page.next_cursor };
      });
      return { user, last_organization_admin, spaces, keys };
    },
  });
}

/** Reads all of the administration anew: a change of one thing shows in several lists. */
export function useAdministrationChanged() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['admin'] });
}
