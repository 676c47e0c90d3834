import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Schema } from '../api/client';
import { toast } from '../components/Toasts';
import { t } from '../strings';

const words = t.keys.revoke;
/** Where the name of a key is kept that was revoked here: with what was read, and forgotten with it. */
const nameOf = (id: string) => ['revoked-key', id];

/** Says that a key is revoked. No list has it any more: `path` leads to its page, where its calls stay. */
export function useSayRevoked() {
  const navigate = useNavigate();
  const client = useQueryClient();
  return ({ id, name }: Pick<Schema<'ApiKey'>, 'id' | 'name'>, path?: string) => {
    client.setQueryData(nameOf(id), name);
    const look = path === undefined ? null : { label: words.look, run: () => void navigate(path) };
    toast(words.done(name), 'good', look);
  };
}

/**
 * What the page of a key is called, of which `found` is in its owner's list. One that was there while the page is open,
 * or was revoked here, keeps its name when no list has it any more; the API tells nothing of it but its calls.
 */
export function useTitleOf(id: string, found: Schema<'ApiKey'> | undefined) {
  const { data: revoked } = useQuery<string>({ queryKey: nameOf(id), queryFn: skipToken });
  const [seen, setSeen] = useState({ id, name: found?.name });
  const name = found?.name ?? (seen.id === id ? seen.name : undefined);
  if (seen.id !== id || seen.name !== name) setSeen({ id, name });
  return {
    title: name ?? revoked ?? t.keys.detail.unknown,
    isRevoked: found === undefined && revoked !== undefined,
  };
}
