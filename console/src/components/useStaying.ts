import { useEffect } from 'react';
import { useBlocker } from 'react-router';

/**
 * Holds a person back who leaves the page while something would be lost by it: within the console by the answer, which
 * `proceed`s or `reset`s, and elsewhere by the browser's own question.
 */
export function useStaying(holds: boolean) {
  useEffect(() => {
    if (!holds) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [holds]);
  return useBlocker(holds);
}
