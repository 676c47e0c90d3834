import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schema } from '../api/client';
import { statusOf } from '../api/errors';
import { inTurns } from '../api/turns';
import { allKeys } from '../keys/owner';
import { readKeyUsage, watched } from '../usage/key-usage';
import { keyPath, ownerPath } from './paths';
import type { Flagged, Suspect } from './usage-sums';

export type GroupBy = 'key' | 'user' | 'space' | 'route';
export type Counted = Schema<'UsageList'>['usage'][number];
export type OrganizationKey = Schema<'OrganizationKeyList'>['api_keys'][number];

/** More pages than this are not read: what is shown then says that it is not all. */
const MOST_PAGES = 20;
/** So many keys are asked about at a time. */
const WIDTH = 4;

/** The rows that were read, and whether there are no others. */
export type Read<Row> = { rows: Row[]; complete: boolean };

/** A list, page by page. */
export async function pages<Row>(
  read: (cursor: string | undefined) => Promise<{ rows: Row[]; next: string | null }>,
): Promise<Read<Row>> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { rows: more, next } = await read(cursor);
    rows.push(...more);
    if (next === null) return { rows, complete: true };
    cursor = next;
  }
  return { rows, complete: false };
}

const after = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor });

/** What was counted from one day to another (`2026-03-01`, UTC), by day and group. */
export function useUsage(from: string, to: string, groupBy: GroupBy) {
  return useQuery({
    queryKey: ['admin', 'usage', from, to, groupBy],
    queryFn: () =>
      pages(async (cursor) => {
        const query = { from, to, group_by: groupBy, limit: 100, ...after(cursor) };
        const { usage, next_cursor } = await body(api.GET('/admin/usage', { params: { query } }));
        return { rows: usage, next: next_cursor };
      }),
  });
}

const organizationKeys = (unusedDays?: number) =>
  queryOptions({
    queryKey: ['admin', 'api-keys', unusedDays ?? null],
    queryFn: () =>
      pages(async (cursor) => {
        const unused = unusedDays === undefined ? {} : { unused_for: `${unusedDays}d` };
        const query = { limit: 100, ...unused, ...after(cursor) };
        const { api_keys, next_cursor } = await body(api.GET('/admin/api-keys', { params: { query } }));
        return { rows: api_keys, next: next_cursor };
      }),
  });

/** The organization's keys; only those that nobody has used for so many days, where it says. */
export const useOrganizationKeys = (unusedDays?: number) => useQuery(organizationKeys(unusedDays));

/** What usage is counted by, for a person: its name, its screen, and of a key whose it is. */
export type Named = { name: string; to: string; owner?: OrganizationKey['user'] };

/** The names of what usage is counted by, by their ids. What was deleted has none any more. */
export function useNames(groupBy: GroupBy) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ['admin', 'usage-names', groupBy],
    enabled: groupBy !== 'route',
    queryFn: () => names(groupBy, client),
  });
}

async function names(groupBy: GroupBy, client: QueryClient): Promise<Map<string, Named>> {
  if (groupBy === 'space') {
    const { rows } = await pages(async (cursor) => {
      const query = { limit: 100, ...after(cursor) };
      const { spaces, next_cursor } = await body(api.GET('/admin/spaces', { params: { query } }));
      return { rows: spaces, next: next_cursor };
    });
    return new Map(rows.map(({ id, name, slug }) => [id, { name, to: `/admin/spaces/${slug}` }]));
  }
  const { rows: keys } = await client.query(organizationKeys());
  if (groupBy === 'key')
    return new Map(keys.map(({ id, name, user }) => [id, { name, to: keyPath(user, id), owner: user }]));
  const people = await pages(async (cursor) => {
    const query = { limit: 100, ...after(cursor) };
    const { users, next_cursor } = await body(api.GET('/admin/users', { params: { query } }));
    return { rows: users, next: next_cursor };
  });
  // Service accounts are no users of the list of people; each that called has a key.
  const all = [...keys.map((key) => key.user), ...people.rows];
  return new Map(all.map((user) => [user.id, { name: user.name, to: ownerPath(user) }]));
}

/** The flags of these keys, of as many as are still there. */
export function useFlags(suspects: readonly Suspect[], enabled: boolean) {
  return useQuery({
    queryKey: ['admin', 'key-flags', suspects.map(({ key }) => key.id)],
    enabled,
    staleTime: 300_000,
    queryFn: async () => {
      const found = await inTurns(suspects, WIDTH, flagsOf);
      return found.filter((one) => one !== null);
    },
  });
}

async function flagsOf({ key, calls }: Suspect): Promise<Flagged | null> {
  try {
    const { flags } = await readKeyUsage({ id: key.id, owner: key.user });
    return { key, calls, flags };
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** Somebody, and their keys that are not revoked, read anew from time to time. */
export function useKeysOf(id: string) {
  return useQuery({
    ...watched,
    queryKey: ['admin', 'api-keys-of', id],
    queryFn: async () => {
      const path = { id };
      const owner = await body(api.GET('/admin/users/{id}', { params: { path } }));
      const keys = await allKeys((query) =>
        body(api.GET('/admin/users/{id}/api-keys', { params: { path, query } })),
      );
      return { owner, keys };
    },
  });
}
