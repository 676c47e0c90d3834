import { useQuery } from '@tanstack/react-query';
import { api, body, type Schema } from '../api/client';

export type GroupBy = 'key' | 'user' | 'space' | 'route';
export type Counted = Schema<'UsageList'>['usage'][number];
export type OrganizationKey = Schema<'OrganizationKeyList'>['api_keys'][number];

/** More pages than this are not read: what is shown then says that it is not all. */
const MOST_PAGES = 20;

/** A list, page by page. */
export async function pages<Row>(
  read: (cursor: string | undefined) => Promise<{ rows: Row[]; next: string | null }>,
): Promise<{ rows: Row[]; complete: boolean }> {
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

/** The organization's keys; only those that nobody has used for so many days, where it says. */
export function useOrganizationKeys(unusedDays?: number) {
  return useQuery({
    queryKey: ['admin', 'api-keys', unusedDays ?? null],
    queryFn: () =>
      pages(async (cursor) => {
        const unused = unusedDays === undefined ? {} : { unused_for: `${unusedDays}d` };
        const query = { limit: 100, ...unused, ...after(cursor) };
        const { api_keys, next_cursor } = await body(api.GET('/admin/api-keys', { params: { query } }));
        return { rows: api_keys, next: next_cursor };
      }),
  });
}

/** The names of what usage is counted by, by their ids. What was deleted has none any more. */
export function useNames(groupBy: GroupBy) {
  return useQuery({
    queryKey: ['admin', 'usage-names', groupBy],
    enabled: groupBy !== 'route',
    queryFn: () => names(groupBy),
  });
}

async function names(groupBy: GroupBy): Promise<Map<string, string>> {
  if (groupBy === 'space') {
    const { rows } = await pages(async (cursor) => {
      const query = { limit: 100, ...after(cursor) };
      const { spaces, next_cursor } = await body(api.GET('/admin/spaces', { params: { query } }));
      return { rows: spaces, next: next_cursor };
    });
    return new Map(rows.map((space) => [space.id, space.name]));
  }
  const { rows } = await pages(async (cursor) => {
    const query = { limit: 100, ...after(cursor) };
    const { api_keys, next_cursor } = await body(api.GET('/admin/api-keys', { params: { query } }));
    return { rows: api_keys, next: next_cursor };
  });
  if (groupBy === 'key') return new Map(rows.map((key) => [key.id, `${key.name} · ${key.user.name}`]));
  // Service accounts are no users of the list of people; each that called has a key.
  const named = new Map(rows.map((key) => [key.user.id, key.user.name]));
  const people = await pages(async (cursor) => {
    const query = { limit: 100, ...after(cursor) };
    const { users, next_cursor } = await body(api.GET('/admin/users', { params: { query } }));
    return { rows: users, next: next_cursor };
  });
  for (const user of people.rows) named.set(user.id, user.name);
  return named;
}
