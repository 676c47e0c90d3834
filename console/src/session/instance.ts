import { apiRoot } from '../api/root';
import { Session } from './session';
import { trace } from './trace';

const LOCK = 'qarion-refresh';

async function exclusively<T>(task: (waited: boolean) => Promise<T>): Promise<T> {
  const atOnce = await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) =>
    lock === null ? null : { done: await task(false) },
  );
  return atOnce === null ? navigator.locks.request(LOCK, () => task(true)) : atOnce.done;
}

/** The page's one session. */
export const session = new Session({
  root: apiRoot(),
  fetch: (request) => fetch(request),
  now: () => Date.now(),
  exclusively,
  channel: new BroadcastChannel('qarion-session'),
  setTimer: (task, milliseconds) => window.setTimeout(task, milliseconds),
  clearTimer: (timer) => window.clearTimeout(timer),
  trace,
});
