import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';

/** A query that is read anew when it is mounted, `refetchOnMount: 'always'`. */
type Query<T> = Pick<UseQueryResult<T>, 'data' | 'isError' | 'error' | 'isFetchedAfterMount'> & {
  refetch: () => Promise<Pick<UseQueryResult<T>, 'data' | 'isError'>>;
};

/** For `Changed`: whether what was confirmed was no longer so, and whether somebody says to have seen what is now. */
export type Change = { differs: boolean; isAccepted: boolean; accept: (accepted: boolean) => void };

/**
 * What a dialogue says before something is done: read when it opens, whatever is known already, and once more when it
 * is confirmed. `stillHolds` says whether `same` is true of both. Where it is not, what is now is shown, and nothing
 * holds before it is accepted (`change`): the press that confirms again may have been on its way before anybody could
 * read it. What is read in the meantime for another reason is not shown: nobody would notice.
 */
export function useReread<T extends object>(query: Query<T>, same: (seen: T, now: T) => boolean) {
  const [read, setRead] = useState<T | null>(null);
  const [differs, setDiffers] = useState(false);
  const [isAccepted, accept] = useState(false);
  const first = query.isFetchedAfterMount && !query.isError ? query.data : undefined;
  if (read === null && first !== undefined) setRead(first);

  const seen = query.isError ? undefined : (read ?? undefined);
  const isWaiting = differs && !isAccepted;
  const stillHolds = async () => {
    if (seen === undefined || isWaiting) return false;
    const { data: now, isError } = await query.refetch();
    // Why it could not be read stands where it would be.
    if (isError || now === undefined) return false;
    if (same(seen, now)) return true;
    setRead(now);
    setDiffers(true);
    accept(false);
    return false;
  };
  const change: Change = { differs, isAccepted, accept };
  return {
    seen,
    shown: { ...query, data: seen },
    isReady: seen !== undefined && !isWaiting,
    change,
    stillHolds,
  };
}

/** Whether both are the same things, in whatever order. */
export function sameIds(one: readonly { id: string }[], other: readonly { id: string }[]): boolean {
  const ids = (things: readonly { id: string }[]) => JSON.stringify(things.map(({ id }) => id).sort());
  return ids(one) === ids(other);
}
