import { useQuery } from '@tanstack/react-query';
import type { Schema } from '../api/client';
import { allPages } from '../api/pages';
import { LENGTH_MS, type Interval, startOf } from '../usage/series';

type Key = Schema<'ApiKey'>;
type Secret = Schema<'ApiKeyWithSecret'>;

/** A space that a key can be restricted to. */
export type SpaceChoice = { slug: string; name: string };

/** Whose keys a screen is about: how the API is asked for them, and what they can reach. */
export type KeyOwner = {
  /** The spaces that a key can be restricted to. */
  spaces: readonly SpaceChoice[];
  /** Where those are not all the owner's: what has to hold of the chosen ones. */
  spacesHelp?: string;
  /** What a key without a restriction reaches, in words: of one that is made, and of one that is there. */
  everything?: string;
  allSpaces?: string;
  /** A disabled owner gets no new secrets. */
  disabled?: boolean;
  create: (key: Schema<'ApiKeyCreate'>) => Promise<Secret>;
  rename: (id: string, name: string) => Promise<unknown>;
  rotate: (id: string, overlapSeconds: number) => Promise<Secret>;
  revoke: (id: string) => Promise<unknown>;
  usage: (id: string, query: { interval: Interval; from: string }) => Promise<Schema<'KeyUsage'>>;
  /** After a change: what shows it is read anew. */
  changed: () => Promise<void>;
};

/** All of an owner's keys, the newest first. All, because revoking has to name what a key made. */
export async function allKeys(
  read: (query: { limit: number; cursor?: string }) => Promise<Schema<'ApiKeyList'>>,
): Promise<Key[]> {
  const keys = await allPages<Key>(async (cursor) => {
    const page = await read({ limit: 100, ...(cursor !== undefined && { cursor }) });
    return { items: page.api_keys, next: page.next_cursor };
  });
  return keys.sort((a, b) => b.created_at.localeCompare(a.created_at) || a.id.localeCompare(b.id));
}

/** A key's calls in the last `steps` hours or days, this one included. */
export function useKeyUsage(owner: KeyOwner, id: string, interval: Interval, steps: number, enabled = true) {
  return useQuery({
    queryKey: ['key-usage', id, interval, steps],
    enabled,
    staleTime: 60_000,
    queryFn: () => {
      const from = new Date(startOf(Date.now(), interval) - (steps - 1) * LENGTH_MS[interval]).toISOString();
      return owner.usage(id, { interval, from: from.replace(/\.\d+Z$/, 'Z') });
    },
  });
}
