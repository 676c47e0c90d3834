import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { api, body, type Schema } from '../api/client';
import { session } from './instance';
import type { SessionState } from './session';

export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.state);
}

export const meKey = ['me'] as const;

/** All pages of `GET /users/me`: the caller with every space of theirs. */
async function readMe(): Promise<Schema<'Me'>> {
  const me = await body(api.GET('/users/me', { params: { query: { limit: 100 } } }));
  const spaces = [...me.spaces];
  let cursor = me.next_cursor;
  while (cursor !== null) {
    const more = await body(api.GET('/users/me', { params: { query: { limit: 100, cursor } } }));
    spaces.push(...more.spaces);
    cursor = more.next_cursor;
  }
  return { ...me, spaces, next_cursor: null };
}

/** Who is signed in. */
export function useMe() {
  return useQuery({ queryKey: meKey, queryFn: readMe });
}

/** Who is signed in, in a screen within the shell, which shows nothing before it knows. */
export function useKnownMe(): Schema<'Me'> {
  const { data } = useMe();
  if (data === undefined) throw new Error('a screen outside of the shell');
  return data;
}
