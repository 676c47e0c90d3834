import type { InvalidateQueryFilters, QueryClient } from '@tanstack/react-query';

/**
 * Reads anew what was changed, which is all there is where nothing is named. A read that is on its way is given up, as it may have seen what was there before; of a
 * first one the client would take the answer all the same.
 */
export async function readAnew(client: QueryClient, filters: InvalidateQueryFilters = {}): Promise<void> {
  await client.cancelQueries(filters);
  await client.invalidateQueries(filters);
}
