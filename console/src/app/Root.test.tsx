import { act, fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Schema } from '../api/client';
import { KEPT_MS } from '../components/ShownOnce';
import { Browser, json, refused, tokenAnswer } from '../session/browser';
import type { Session } from '../session/session';
import { t } from '../strings';
import { copies } from '../test/copies';
import { renderWithin } from '../test/render';
import { Root } from './Root';

/** The tab that is looked at, and another one of the same browser. */
const tabs = vi.hoisted(
  () =>
    ({}) as { browser: Browser; here: Session; other: Session; alive: boolean; me: string; isNew: boolean },
);
vi.mock('../session/instance', () => ({
  get session() {
    return tabs.here;
  },
}));
vi.mock('./Shell', async () => {
  const { useState } = await import('react');
  const { KeySecret } = await import('../keys/KeySecret');
  /** A screen on which a key was just made. */
  function Shell() {
    const [isShown, setShown] = useState(tabs.isNew);
    const apiKey = { id: 'key_1', name: 'nightly', key: 'qarion_secret' } as Schema<'ApiKeyWithSecret'>;
    return (
      <main>
        <h1>a screen</h1>
        {isShown && <KeySecret apiKey={apiKey} onClose={() => setShown(false)} />}
      </main>
    );
  }
  return { Shell };
});

const words = t.keys.secret;
const kept = t.common.kept;
const secret = () => screen.queryByText('qarion_secret');
const alert = async () => (await screen.findByRole('alert')).textContent;
const button = (name: string) => screen.getByRole('button', { name });

beforeEach(async () => {
  tabs.alive = true;
  tabs.me = 'usr_1';
  tabs.isNew = true;
  const answer = (request: Request) => {
    const path = new URL(request.url).pathname.replace('/v1', '');
    if (path === '/auth/logout') return new Response(null, { status: 204 });
    if (path === '/auth/login') return tokenAnswer('t2');
    if (!tabs.alive) return refused();
    if (path === '/auth/refresh') return tokenAnswer('t1');
    return json(200, { id: tabs.me, spaces: [], next_cursor: null });
  };
  tabs.browser = new Browser(answer);
  tabs.here = tabs.browser.open();
  tabs.other = tabs.browser.open();
  await tabs.here.start();
  await tabs.other.start();
  const { client } = renderWithin(<Root />);
  tabs.here.subscribe(() => client.clear());
  await screen.findByText('qarion_secret');
});

it('keeps a key that was not copied when another tab signs out, and nothing else of the screen', async () => {
  const user = userEvent.setup();
  await act(() => tabs.other.signOut());
  const before = tabs.browser.sent.length;
  expect(secret()).toBeTruthy();
  expect(await alert()).toContain(`${kept.signedOut} ${words.kept}`);
  expect(screen.getByRole('dialog').contains(document.activeElement)).toBe(true);
  expect(screen.queryByText('a screen')).toBeNull();
  expect(document.title).toBe(t.common.pageTitle(kept.title));

  await copies(user, words.key);
  expect(await navigator.clipboard.readText()).toBe('qarion_secret');
  await user.click(button(t.auth.signIn.submit));
  expect(await screen.findByText(t.auth.signIn.signedOut)).toBeTruthy();
  expect(document.activeElement).toBe(screen.getByLabelText(t.auth.signIn.email));
  expect(secret()).toBeNull();
  expect(tabs.browser.sent.length).toBe(before);
});

it('keeps it when the session has ended by itself, and asks before it is lost', async () => {
  const user = userEvent.setup();
  tabs.alive = false;
  await act(() => tabs.browser.pass(840_000));
  expect(secret()).toBeTruthy();
  expect(await alert()).toContain(kept.ended);
  expect(!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))).toBe(true);

  await user.keyboard('{Escape}');
  await user.click(button(words.goBack));
  expect(secret()).toBeTruthy();
  await user.click(button(t.auth.signIn.submit));
  await user.click(button(words.closeAnyway));
  expect(await screen.findByText(t.auth.signIn.ended)).toBeTruthy();
  expect(secret()).toBeNull();
});

const signInElsewhere = (id: string) =>
  act(async () => {
    tabs.me = id;
    await tabs.other.signIn('a@example.test', 'a password');
  });

it('keeps it also when the same person signs in again in the other tab', async () => {
  const user = userEvent.setup();
  await act(() => tabs.other.signOut());
  await signInElsewhere('usr_1');
  expect(secret()).toBeTruthy();
  expect(await alert()).toContain(kept.signedIn);
  expect(screen.queryByText('a screen')).toBeNull();
  await copies(user, words.key);
  await user.click(button(words.done));
  expect(await screen.findByText('a screen')).toBeTruthy();
});

it.each([
  ['who signs in after that', () => act(() => tabs.other.signOut())],
  ['who signs in over a session that goes on', () => Promise.resolve()],
])('shows nothing of it to somebody else %s', async (_, before) => {
  await before();
  tabs.isNew = false;
  await signInElsewhere('usr_2');
  expect(await screen.findByText('a screen')).toBeTruthy();
  expect(secret()).toBeNull();
  expect(screen.queryByRole('dialog')).toBeNull();
});

it('tells somebody else not even that it is lost', async () => {
  vi.useFakeTimers();
  try {
    await act(() => tabs.other.signOut());
    await act(() => vi.advanceTimersByTimeAsync(KEPT_MS));
    expect(screen.getByRole('alertdialog')).toBeTruthy();
  } finally {
    vi.useRealTimers();
  }
  tabs.isNew = false;
  await signInElsewhere('usr_2');
  expect(await screen.findByText('a screen')).toBeTruthy();
  expect(screen.queryByRole('alertdialog')).toBeNull();
});

it('does not keep a key that was copied', async () => {
  const user = userEvent.setup();
  await copies(user, words.key);
  await act(() => tabs.other.signOut());
  expect(await screen.findByText(t.auth.signIn.signedOut)).toBeTruthy();
  expect(secret()).toBeNull();
});

it('shows what is asked before a key is closed no longer, but the key', async () => {
  const user = userEvent.setup();
  await user.keyboard('{Escape}');
  expect(secret()).toBeNull();
  await act(() => tabs.other.signOut());
  expect(secret()).toBeTruthy();
});

describe('after the time that it stays', () => {
  beforeEach(async () => {
    vi.useFakeTimers();
    await act(() => tabs.other.signOut());
    expect(secret()).toBeTruthy();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const wait = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));
  const sleep = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
  /** That it is gone at once, and not with what is rendered next. */
  const goesWith = (target: EventTarget, event: string) =>
    act(() => {
      target.dispatchEvent(new Event(event));
      expect(secret()).toBeNull();
    });
  const isLost = () => {
    expect(secret()).toBeNull();
    const { textContent } = screen.getByRole('alertdialog', { name: words.lostTitle });
    expect(textContent).toContain(words.lostText('nightly'));
    expect(document.body.innerHTML).not.toContain('qarion_secret');
    // Not that there is something to copy.
    expect(document.title).toBe(t.common.pageTitle(words.lostTitle));
  };

  it('leaves the key to nobody who comes later, and says that it is lost', async () => {
    await wait(KEPT_MS - 1_000);
    expect(secret()).toBeTruthy();
    await wait(1_000);
    isLost();
    vi.useRealTimers();
    await userEvent.setup().click(button(t.auth.signIn.submit));
    expect(await screen.findByText(t.auth.signIn.signedOut)).toBeTruthy();
  });

  it('counts the hours that the machine slept', async () => {
    sleep(8 * 3_600_000);
    await wait(1_000);
    isLost();
  });

  it('does not show it where a tab is looked at again that stood still', async () => {
    sleep(KEPT_MS - 1_000);
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    expect(secret()).toBeTruthy();
    sleep(1_000);
    goesWith(document, 'visibilitychange');
    await wait(0);
    isLost();
  });

  it('shows it no longer where the clock is set back', async () => {
    sleep(-3_600_000);
    await wait(KEPT_MS);
    isLost();
  });

  it('does not show it to whoever goes back to a page that was left', async () => {
    goesWith(window, 'pagehide');
    await wait(0);
    isLost();
    // Once: it does not come back.
    fireEvent.click(button(t.auth.signIn.submit));
    await wait(2 * KEPT_MS);
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });
});
