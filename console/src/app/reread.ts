import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';

/** A query that is read anew when it is mounted, `refetchOnMount: 'always'`. */
type Query<T> = Pick<UseQueryResult<T>, 'data' | 'isError' | 'error' | 'isFetchedAfterMount'> & {
  refetch: () => Promise<Pick<UseQueryResult<T>, 'data' | 'isError'>>;
};

/**
 * What a dialogue says before something is done: read when it opens, whatever is known already, and once more when it
 * is confirmed. `stillHolds` says whether `same` is true of both; where it is not, `differs`.
 */
export function useReread<T>(query: Query<T>, same: (seen: T, now: T) => boolean) {
  const [differs, setDiffers] = useState(false);
  const seen = query.isFetchedAfterMount && !query.isError ? query.data : undefined;
  const stillHolds = async () => {
    if (seen === undefined) return false;
    const { data: now, isError } = await query.refetch();
    // Why it could not be read stands where it would be.
    if (isError || now === undefined) return false;
    const holds = same(seen, now);
    setDiffers(!holds);
    return holds;
  };
  return { seen, shown: { ...query, data: seen }, differs, stillHolds };
}

/** Whether both are the same things, in whatever order. */
export function sameIds(one: readonly { id: string }[], other: readonly { id: string }[]): boolean {
  const ids = (things: readonly { id: string }[]) => JSON.stringify(things.map(({ id }) => id).sort());
  return ids(one) === ids(other);
}
