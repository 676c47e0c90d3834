import type { QueryKey } from '@tanstack/react-query';
import type { Schema } from '../api/client';
import { allPages } from '../api/pages';
import type { KeyPlace, Owner } from '../usage/key-usage';

type Key = Schema<'ApiKey'>;
type Secret = Schema<'ApiKeyWithSecret'>;

/** A space that a key can be restricted to. */
export type SpaceChoice = { slug: string; name: string };

/** How an owner's keys are read, and where they are kept. */
export type KeyReading = { queryKey: QueryKey; queryFn: () => Promise<Key[]> };

/** Whose keys a screen is about: how the API is asked for them, and what they can reach. */
export type KeyOwner = {
  /** Absent where the keys are one's own. */
  owner?: Owner;
  keys: KeyReading;
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

/** A key of this owner, for what reads its usage. */
export const placeOf = ({ owner }: KeyOwner, id: string): KeyPlace => ({
  id,
  ...(owner !== undefined && { owner }),
});
