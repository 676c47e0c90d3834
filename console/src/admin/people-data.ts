import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schema } from '../api/client';
import { allPages, firstPages } from '../api/pages';
import { readAnew } from '../app/anew';

export type User = Schema<'User'>;

const next = (cursor: string | undefined) => ({ limit: 100, ...(cursor !== undefined && { cursor }) });
/** In bytes, as the API counts them: no address is longer. */
const PREFIX_LIMIT = 254;

/**
 * What an address is to begin with so that the API can look for it; `null` where no address does. Empty is everybody.
 */
export function prefixOf(text: string): string | null {
  const prefix = text.trim();
  const possible = new TextEncoder().encode(prefix).length <= PREFIX_LIMIT && !/[\s\p{Cc}]/u.test(prefix);
  return possible ? prefix : null;
}

/** The people of the organization by email address, those whose address begins with the text: a page at a time. */
export function useUsers(text = '') {
  const prefix = prefixOf(text);
  return useInfiniteQuery({
    queryKey: ['admin', 'users', 'list', prefix],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }): Promise<Schema<'UserList'>> => {
      if (prefix === null) return { users: [], next_cursor: null };
      const query = {
        limit: 50,
        ...(prefix !== '' && { email_prefix: prefix }),
        ...(pageParam !== null && { cursor: pageParam }),
      };
      return body(api.GET('/admin/users', { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor,
    // That nobody was found for another text says nothing of this one.
    placeholderData: (before) => (before?.pages.some((page) => page.users.length > 0) ? before : undefined),
  });
}

const FIRST_PAGES = 10;

/** The first thousand people, which is everybody in most organizations. */
export function useFirstUsers() {
  return useQuery({
    queryKey: ['admin', 'users', 'first'],
    staleTime: 60_000,
    queryFn: () =>
      firstPages<User>(async (cursor) => {
        const page = await body(api.GET('/admin/users', { params: { query: next(cursor) } }));
        return { items: page.users, next: page.next_cursor };
      }, FIRST_PAGES),
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

/** Reads all of the administration anew: a change of one thing shows in several lists. */
export function useAdministrationChanged() {
  const client = useQueryClient();
  return () => readAnew(client, { queryKey: ['admin'] });
}
