import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schema } from '../api/client';
import { deleteAll } from '../api/deletion';
import { ApiError } from '../api/errors';
import { changedWithout } from './gone';
import type { User } from './people-data';

type Page = Schema<'Offboarding'>;
export type Stopping = Page['api_keys'][number];
export type OwnSpace = Page['spaces'][number];
export type Preview = {
  user: User;
  last_organization_admin: boolean;
  spaces: OwnSpace[];
  keys: Stopping[];
};

export function useUser(id: string, enabled = true) {
  return useQuery({
    queryKey: ['admin', 'users', id],
    enabled,
    queryFn: () => body(api.GET('/admin/users/{id}', { params: { path: { id } } })),
  });
}

/**
 * A user with what stops when it is disabled. `anew` reads it once more when it is asked for, however recent what is
 * known may be: `isFetchedAfterMount` says that this was done.
 */
export function usePreview(id: string, anew = false) {
  return useQuery({ ...previewOf(id), refetchOnMount: anew ? 'always' : true });
}

/** The live keys of a user, read anew. */
export function useLiveKeys(id: string) {
  return useQuery({
    ...previewOf(id),
    refetchOnMount: 'always',
    select: ({ keys }: Preview) => keys.map(({ api_key }) => api_key),
  });
}

const previewOf = (id: string) => ({
  queryKey: ['admin', 'users', id, 'offboarding'],
  queryFn: () =>
    wholePreview((cursor) =>
      body(
        api.GET('/admin/users/{id}/offboarding', {
          params: { path: { id }, query: { limit: 100, ...(cursor !== null && { cursor }) } },
        }),
      ),
    ),
});

/** All pages of a preview. Each holds a part of the keys and a part of the spaces, and may lack either. */
export async function wholePreview(read: (cursor: string | null) => Promise<Page>): Promise<Preview> {
  const first = await read(null);
  const spaces = [...first.spaces];
  const keys = [...first.api_keys];
  for (let cursor = first.next_cursor; cursor !== null;) {
    const page = await read(cursor);
    spaces.push(...page.spaces);
    keys.push(...page.api_keys);
    cursor = page.next_cursor;
  }
  return { user: first.user, last_organization_admin: first.last_organization_admin, spaces, keys };
}

/** Whether the same stops by both; when a key was last used does not matter. */
export function sameStops(one: Preview, other: Preview): boolean {
  const told = (preview: Preview) =>
    JSON.stringify([
      preview.last_organization_admin,
      preview.keys.map(({ api_key }) => api_key.id).sort(),
      orphaned(preview)
        .map((space) => space.id)
        .sort(),
    ]);
  return told(one) === told(other);
}

/** The spaces that lose their last Admin with the user. */
export const orphaned = (preview: Preview): OwnSpace[] => preview.spaces.filter((space) => space.last_admin);

/** More keys that a key made do not go along when it is moved. */
export const MOST_ALONG = 20;

/** Accounts to choose from, by name; with their ids where others have the same name. */
export function toldApart(accounts: readonly Pick<User, 'id' | 'name'>[]) {
  const named = (name: string) => accounts.filter((account) => account.name === name).length;
  return accounts
    .map(({ id, name }) => ({ value: id, label: named(name) > 1 ? `${name} · ${id}` : name }))
    .sort((one, other) => one.label.localeCompare(other.label));
}

/** How the API refuses a move that changes what a key may do; other conflicts are not for a person to accept. */
export function differenceOf(error: unknown): 'loss' | 'gain' | null {
  if (!(error instanceof ApiError) || error.status !== 409) return null;
  const change = /may do (less|more)/.exec(error.detail)?.[1];
  if (change === undefined) return null;
  return change === 'less' ? 'loss' : 'gain';
}

/** The spaces in which the API says that the account may do less; it names the first few. */
export function lackingSpaces(error: unknown): string[] {
  if (!(error instanceof ApiError) || differenceOf(error) !== 'loss') return [];
  const named = / than the user in (.+?)(?: and \d+ more)?$/.exec(error.detail)?.[1];
  // Of the organization nobody is made a member.
  return (named?.split(', ') ?? []).filter((name) => name !== 'the organization');
}

export function useUserSessions(id: string) {
  return useInfiniteQuery({
    queryKey: ['admin', 'users', id, 'sessions'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 50, ...(pageParam !== null && { cursor: pageParam }) };
      return body(api.GET('/admin/users/{id}/sessions', { params: { path: { id }, query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** Ends a key of somebody, and those that it made. */
export const revokeUserKey = (id: string, key: string) =>
  api.DELETE('/admin/users/{id}/api-keys/{key}', { params: { path: { id, key } } });

export const deleteUser = (id: string) =>
  deleteAll(() => api.DELETE('/admin/users/{id}', { params: { path: { id } } }));

/** After a user was deleted: it is not asked for again. */
export function useUserGone() {
  const client = useQueryClient();
  return (id: string) => changedWithout(client, ['admin', 'users', id], [['admin']]);
}
