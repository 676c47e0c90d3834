import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import type { Schema } from '../api/client';
import { meKey } from '../session/react';
import type { SessionState } from '../session/session';

/**
 * What is shown in place of every screen once the session is over in which it was shown first, for what is lost if it is
 * taken away: `state` is what became of the session, `change` puts something else there, or nothing.
 */
export type Kept = (left: Left) => ReactNode;
export type Left = { state: SessionState; change: (next: Kept | null) => void };

/** `whose`: the id of who was signed in. */
type Owned = { kept: Kept; whose: string | undefined };

let onScreen: Owned | null = null;

/** While this is mounted, the end of the session leaves `kept`. */
export function useKeeping(kept: Kept | null): void {
  const client = useQueryClient();
  useEffect(() => {
    if (kept === null) return undefined;
    const owned = { kept, whose: client.getQueryData<Schema<'Me'>>(meKey)?.id };
    onScreen = owned;
    return () => {
      if (onScreen === owned) onScreen = null;
    };
  });
}

/**
 * What the session's end left, until it is let go of. That the same person signs in again in another tab does not take
 * it away either; anybody else, or who is not known, is shown nothing of it.
 */
export function useLeft(state: SessionState): ReactNode {
  const [before, setBefore] = useState(state);
  const [left, setLeft] = useState<Owned | null>(null);
  if (state !== before) {
    setBefore(state);
    const owned = onScreen ?? left;
    setLeft(owned !== null && mayBeSeen(owned, state) ? owned : null);
  }
  if (left === null) return null;
  return left.kept({ state, change: (kept) => setLeft(kept && { ...left, kept }) });
}

const mayBeSeen = ({ whose }: Owned, state: SessionState) =>
  state.status !== 'signed_in' || (whose !== undefined && state.who === whose);
