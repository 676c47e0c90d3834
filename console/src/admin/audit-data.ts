import { keepPreviousData, useInfiniteQuery, useQueries } from '@tanstack/react-query';
import { api, body } from '../api/client';
import { statusOf } from '../api/errors';
import { type Event, type Filters, type Known, queryOf } from './audit-query';
import { prefixOf, type User, useFirstUsers, useServiceAccounts } from './people-data';
import { useSpaces } from './spaces-data';

/** How many answers without an event are read in a row before somebody is asked whether to go on. */
const EMPTY_ANSWERS = 5;

type Page = { events: Event[]; next: string | null };

/**
 * The events, a page at a time. The API looks at some of the log for each answer, so one may be empty though more
 * follows.
 */
export function useAudit(filters: Filters) {
  return useInfiniteQuery({
    queryKey: ['admin', 'audit', filters],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }): Promise<Page> => {
      const asked = { ...queryOf(filters, Date.now()), limit: 50 };
      let cursor = pageParam;
      for (let answers = 1; ; answers += 1) {
        const query = { ...asked, ...(cursor !== null && { cursor }) };
        const { events, next_cursor: next } = await body(
          api.GET('/admin/audit', { params: { query }, signal }),
        );
        if (events.length > 0 || next === null || answers === EMPTY_ANSWERS) return { events, next };
        cursor = next;
      }
    },
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

const asKnown = ({ id, name, email }: User): Known => ({ id, name, word: email });

/**
 * Who and what there is in the organization, as far as it is small, and whoever else of `ids` is somebody. The list is
 * shown without, where that cannot be read.
 */
export function useKnown(ids: readonly string[]): { people: Known[]; all: Known[] } {
  const users = useFirstUsers().data;
  const accounts = useServiceAccounts().data;
  const spaces = useSpaces().data ?? [];
  const listed = [...(users?.items ?? []), ...(accounts ?? [])].map(asKnown);
  const others = useOthers(users?.complete === false && accounts ? missing(ids, listed) : []);
  const people = [...listed, ...others];
  return { people, all: [...people, ...spaces.map(({ id, name, slug }) => ({ id, name, word: slug }))] };
}

const missing = (ids: readonly string[], known: readonly Known[]): string[] => {
  const listed = new Set(known.map((one) => one.id));
  return [...new Set(ids)].filter((id) => id.startsWith('usr_') && !listed.has(id));
};

function useOthers(ids: readonly string[]): Known[] {
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: ['admin', 'users', id, 'name'],
      staleTime: Infinity,
      queryFn: () => userOrNone(id),
    })),
    combine: (results) => results.flatMap(({ data }) => (data ? [asKnown(data)] : [])),
  });
}

/** Who was deleted has no name any more. */
async function userOrNone(id: string): Promise<User | null> {
  try {
    return await body(api.GET('/admin/users/{id}', { params: { path: { id } } }));
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** The id of whose email address a text is, for lists that do not hold everybody. */
export async function personOf(text: string): Promise<string | null> {
  const email = prefixOf(text);
  if (!email?.includes('@')) return null;
  const query = { email_prefix: email, limit: 1 };
  const { users } = await body(api.GET('/admin/users', { params: { query } }));
  // By address, so that the shortest one that begins so is the first.
  return users.find((user) => user.email === email.toLowerCase())?.id ?? null;
}
