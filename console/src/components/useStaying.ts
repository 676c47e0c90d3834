import { useEffect } from 'react';
import { useBlocker } from 'react-router';

/** Has the browser ask before the page is loaded anew or closed. */
export function useAsking(holds: boolean): void {
  useEffect(() => {
    if (!holds) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [holds]);
}

/**
 * Holds a person back who leaves the page while something would be lost by it: within the console by the answer, which
 * `proceed`s or `reset`s, and elsewhere by the browser's own question.
 */
export function useStaying(holds: boolean) {
  useAsking(holds);
  return useBlocker(holds);
}
