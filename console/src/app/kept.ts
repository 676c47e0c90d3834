import { type ReactNode, useEffect, useState } from 'react';
import type { SessionState } from '../session/session';

/**
 * What is shown in place of every screen once the session is over in which it was shown first, for what is lost if it is
 * taken away: `state` is what became of the session, `change` puts something else there, or nothing.
 */
export type Kept = (left: Left) => ReactNode;
export type Left = { state: SessionState; change: (next: Kept | null) => void };

let onScreen: Kept | null = null;

/** While this is mounted, the end of the session leaves `kept`. */
export function useKeeping(kept: Kept | null): void {
  useEffect(() => {
    if (kept === null) return undefined;
    onScreen = kept;
    return () => {
      if (onScreen === kept) onScreen = null;
    };
  });
}

/** What the session's end left, until it is let go of: another sign-in in another tab does not take it away either. */
export function useLeft(state: SessionState): ReactNode {
  const [before, setBefore] = useState(state);
  const [kept, setKept] = useState<Kept | null>(null);
  if (state !== before) {
    setBefore(state);
    if (onScreen !== null) setKept(() => onScreen);
  }
  return kept?.({ state, change: (next) => setKept(() => next) }) ?? null;
}
