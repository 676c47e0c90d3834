import { apiRoot } from '../api/root';
import { Session } from './session';
import { trace } from './trace';

/** The page's one session. */
export const session = new Session({
  root: apiRoot(),
  fetch: (request) => fetch(request),
  now: () => Date.now(),
  exclusively: (task) => navigator.locks.request('qarion-refresh', task).then((done) => done),
  channel: new BroadcastChannel('qarion-session'),
  setTimer: (task, milliseconds) => window.setTimeout(task, milliseconds),
  clearTimer: (timer) => window.clearTimeout(timer),
  trace,
});
