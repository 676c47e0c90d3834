import type { Surroundings } from './session';

const KEY = 'qarion-signed-in';

/** One word in the browser's storage, which says that there may be a cookie and nothing of whose. */
export const trace: Surroundings['trace'] = {
  read: () => {
    try {
      return localStorage.getItem(KEY) !== null;
    } catch {
      // Storage may be switched off: then only the API knows.
      return true;
    }
  },
  write: (signedIn) => {
    try {
      if (signedIn) localStorage.setItem(KEY, 'yes');
      else localStorage.removeItem(KEY);
    } catch {
      // As above.
    }
  },
};
