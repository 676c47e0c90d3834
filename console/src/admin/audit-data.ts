import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { api, body } from '../api/client';
import { type Event, type Filters, type Known, queryOf } from './audit-query';
import { useServiceAccounts, useUsers } from './people-data';
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

/** The id of the user with this address. Asked for, since an organization may have more users than are read. */
export async function userOfEmail(email: string): Promise<string | null> {
  const word = email.trim().toLowerCase();
  const query = { email_prefix: word, limit: 1 };
  // By address: where it is one whole, it comes before those that only begin so.
  const { users } = await body(api.GET('/admin/users', { params: { query } }));
  return users.find((user) => user.email.toLowerCase() === word)?.id ?? null;
}

/** Who and what there is in the organization, by id. The list is shown without, where that cannot be read. */
export function useKnown(): { people: Known[]; all: Known[] } {
  const users = useUsers().data ?? [];
  const accounts = useServiceAccounts().data ?? [];
  const spaces = useSpaces().data ?? [];
  const people = [...users, ...accounts].map(({ id, name, email }) => ({ id, name, word: email }));
  return { people, all: [...people, ...spaces.map(({ id, name, slug }) => ({ id, name, word: slug }))] };
}
