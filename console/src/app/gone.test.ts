import { beforeEach, expect, it, vi } from 'vitest';

let events: EventTarget;
let now: number;
let online: boolean;
let wanted: string | null;
let loaded: typeof import('./gone').loaded;
const reload = vi.fn();
const fail = () => events.dispatchEvent(new Event('vite:preloadError', { cancelable: true }));

beforeEach(async () => {
  vi.resetModules();
  const gone = await import('./gone');
  loaded = gone.loaded;
  events = new EventTarget();
  now = 1_000_000;
  online = true;
  wanted = null;
  reload.mockReset();
  history.replaceState({ key: 'abc', idx: 3 }, '', '/console/admin/users');
  gone.reloadWhereScriptsAreGone({
    events,
    history,
    reload,
    isOnline: () => online,
    now: () => now,
    wanted: () => wanted,
  });
});

it('a page whose scripts are gone is loaded anew, and what else is known of its place stays', () => {
  fail();
  expect(reload).toHaveBeenCalledTimes(1);
  expect(history.state).toEqual({ key: 'abc', idx: 3, reloadedAt: 1_000_000 });
});

it('where that did not help, it is not loaded again and again', () => {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    fail();
    now += 5_000;
  }
  expect(reload).toHaveBeenCalledTimes(1);
});

it('after the next deployment it is loaded anew again', () => {
  fail();
  now += 60_000;
  fail();
  expect(reload).toHaveBeenCalledTimes(2);
});

it('it is loaded at the screen that was to be opened, once', () => {
  wanted = '/console/admin/usage';
  fail();
  expect([location.pathname, reload.mock.calls.length]).toEqual(['/console/admin/usage', 1]);
  wanted = null;
  fail();
  expect(reload).toHaveBeenCalledTimes(1);
});

it('without a network the page stays', () => {
  online = false;
  fail();
  expect(reload).not.toHaveBeenCalled();
});

it('a screen that is gone is replaced, but not while the page is loaded anew', async () => {
  const gone = () => Promise.reject(new TypeError('Failed to fetch'));
  expect(await loaded(() => Promise.resolve('screen'), 'crashed')).toBe('screen');
  expect(await loaded<string>(gone, 'crashed')).toBe('crashed');
  fail();
  const settled = vi.fn();
  void loaded<string>(gone, 'crashed').then(settled, settled);
  await new Promise((done) => setTimeout(done, 5));
  expect(settled).not.toHaveBeenCalled();
});
