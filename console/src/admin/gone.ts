import { partialMatchKey, type QueryClient, type QueryKey } from '@tanstack/react-query';
import { readAnew } from '../app/anew';

/**
 * Reads what begins with `changed` anew, but for what begins with `gone`. The page of what was deleted may still be
 * there for a moment: what it showed is forgotten, and never asked for again.
 */
export async function changedWithout(
  client: QueryClient,
  gone: QueryKey,
  changed: readonly QueryKey[],
): Promise<void> {
  const isLeft = ({ queryKey }: { queryKey: QueryKey }) => !partialMatchKey(queryKey, gone);
  await Promise.all(changed.map((queryKey) => readAnew(client, { queryKey, predicate: isLeft })));
  client.removeQueries({ queryKey: gone, type: 'inactive' });
}
