import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../api/errors';
import { Browser, json, refused, tokenAnswer } from './browser';

/** An API with one session: its cookie makes tokens `t1`, `t2`, …, and only the newest two are good. */
class Api {
  made = 0;
  alive = true;
  failing = 0;
  firstPassword = false;
  dead = new Set<string>();

  answer = (request: Request, token: string | null): Response => {
    const path = new URL(request.url).pathname.replace('/v1', '');
    if (this.failing > 0) {
      this.failing -= 1;
      return json(503, { detail: 'Service unavailable' }, { 'Retry-After': '1' });
    }
    if (path === '/auth/refresh') return this.alive ? this.token() : refused();
    if (path === '/auth/login') return this.token();
    if (path === '/auth/logout') {
      this.alive = false;
      return new Response(null, { status: 204 });
    }
    if (path === '/users/me/password') return this.token();
    if (this.firstPassword) return json(403, { detail: 'Not permitted' });
    if (!this.alive || token === null || this.dead.has(token)) return refused();
    return json(200, path === '/users/me' ? { id: 'usr_1' } : { token });
  };

  token(): Response {
    this.alive = true;
    this.made += 1;
    return tokenAnswer(`t${this.made}`);
  }
}

const request = () => new Request('http://api.example.test/v1/api-keys');
const refreshes = (browser: Browser) =>
  browser.sent.filter((line) => line.startsWith('POST /auth/refresh')).length;

describe('a session', () => {
  let api: Api;
  let browser: Browser;
  beforeEach(() => {
    api = new Api();
    browser = new Browser(api.answer);
  });

  it('goes on with the cookie of an earlier visit', async () => {
    const tab = browser.open();
    await tab.start();
    expect(tab.state()).toEqual({ status: 'signed_in', generation: 1 });
    expect(browser.sent).toEqual(['POST /auth/refresh']);
  });

  it('asks to sign in where nobody ever did, and the API nothing', async () => {
    browser.signedIn = false;
    const tab = browser.open();
    await tab.start();
    expect(tab.state()).toEqual({ status: 'signed_out', reason: 'none' });
    expect(browser.sent).toEqual([]);
  });

  it('remembers that somebody is signed in, until they are not', async () => {
    browser.signedIn = false;
    const tab = browser.open();
    await tab.signIn('a@example.test', 'a password');
    const next = browser.open();
    await next.start();
    expect(next.state().status).toBe('signed_in');
    await next.signOut();
    expect(browser.signedIn).toBe(false);
  });

  it('sends what is open to everyone while nobody is signed in', async () => {
    api.alive = false;
    const tab = browser.open();
    await tab.start();
    await tab.anonymously(new Request('http://api.example.test/v1/auth/password/forgot', { method: 'POST' }));
    expect(browser.sent.at(-1)).toBe('POST /auth/password/forgot');
  });

  it('asks to sign in where the cookie has ended, without a word about an end', async () => {
    api.alive = false;
    const tab = browser.open();
    await tab.start();
    expect(tab.state()).toEqual({ status: 'signed_out', reason: 'none' });
  });

  it('is not over because the service does not answer', async () => {
    api.failing = 1;
    const tab = browser.open();
    await tab.start();
    expect(tab.state().status).toBe('unreachable');
    await tab.start();
    expect(tab.state().status).toBe('signed_in');
  });

  it('sends its token with each request', async () => {
    const tab = browser.open();
    await tab.start();
    await tab.fetch(request());
    expect(browser.sent.at(-1)).toBe('GET /api-keys t1');
  });

  it('replaces its token a minute before the end', async () => {
    const tab = browser.open();
    await tab.start();
    await browser.pass(839_000);
    expect(refreshes(browser)).toBe(1);
    await browser.pass(1_000);
    expect(refreshes(browser)).toBe(2);
    await tab.fetch(request());
    expect(browser.sent.at(-1)).toBe('GET /api-keys t2');
  });

  it('tries again where a refresh ahead of time failed', async () => {
    const tab = browser.open();
    await tab.start();
    api.failing = 1;
    await browser.pass(840_000);
    expect(tab.state().status).toBe('signed_in');
    await browser.pass(15_000);
    await tab.fetch(request());
    expect(browser.sent.at(-1)).toBe('GET /api-keys t2');
  });

  it('refreshes once after a 401, and sends the request again', async () => {
    const tab = browser.open();
    await tab.start();
    api.dead.add('t1');
    const answers = await Promise.all([tab.fetch(request()), tab.fetch(request()), tab.fetch(request())]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(refreshes(browser)).toBe(2);
  });

  it('sends a body again after a 401', async () => {
    const bodies: string[] = [];
    const tab = new Browser(async (sent, token) => {
      if (sent.method === 'PATCH') {
        bodies.push(await sent.text());
        return token === 't1' ? refused() : json(200, {});
      }
      return api.token();
    }).open();
    await tab.start();
    const patch = new Request('http://api.example.test/v1/users/me', {
      method: 'PATCH',
      body: '{"name":"A"}',
    });
    expect((await tab.fetch(patch)).status).toBe(200);
    expect(bodies).toEqual(['{"name":"A"}', '{"name":"A"}']);
  });

  it('asks to sign in in every tab when it was ended elsewhere', async () => {
    const [one, two] = [browser.open(), browser.open()];
    await one.start();
    await two.start();
    api.alive = false;
    await expect(one.fetch(request())).rejects.toMatchObject({ status: 401 });
    expect(one.state()).toEqual({ status: 'signed_out', reason: 'ended' });
    expect(two.state()).toEqual({ status: 'signed_out', reason: 'ended' });
  });

  it('does not end because of a failure that is not about the credential', async () => {
    // The first refresh succeeds, the request is refused, the second refresh fails.
    const answers = [
      tokenAnswer('t1'),
      refused(),
      json(503, { detail: 'Service unavailable' }),
      tokenAnswer('t2'),
    ];
    const tab = new Browser(() => answers.shift() ?? json(200, {})).open();
    await tab.start();
    await expect(tab.fetch(request())).rejects.toMatchObject({ status: 503 });
    expect(tab.state().status).toBe('signed_in');
    expect((await tab.fetch(request())).status).toBe(200);
  });

  it('refreshes once for all tabs', async () => {
    const tabs = [browser.open(), browser.open(), browser.open()];
    for (const tab of tabs) await tab.start();
    const before = refreshes(browser);
    await browser.pass(895_000);
    expect(refreshes(browser)).toBe(before + 1);
    for (const tab of tabs) {
      await tab.fetch(request());
      expect(browser.sent.at(-1)).toBe(`GET /api-keys t${before + 1}`);
    }
  });

  it('refreshes once for all tabs where what one tells the others is late', async () => {
    const tabs = [browser.open(), browser.open(), browser.open()];
    for (const tab of tabs) await tab.start();
    const before = refreshes(browser);
    browser.delay();
    await browser.pass(895_000);
    await browser.deliver();
    expect(refreshes(browser)).toBe(before + 1);
    for (const tab of tabs) {
      await tab.fetch(request());
      expect(browser.sent.at(-1)).toBe(`GET /api-keys t${before + 1}`);
    }
  });

  it('refreshes itself where the tab that it waited for could not', async () => {
    const [one, two] = [browser.open(), browser.open()];
    for (const tab of [one, two]) await tab.start();
    const before = refreshes(browser);
    api.failing = 1;
    await browser.pass(845_000);
    await browser.pass(500);
    expect(refreshes(browser)).toBe(before + 2);
    await two.fetch(request());
    expect(browser.sent.at(-1)).toBe(`GET /api-keys t${before + 1}`);
  });

  it('says in every tab that somebody signs in again, and why', async () => {
    const [one, two] = [browser.open(), browser.open()];
    await one.start();
    await two.start();
    await one.signOut('again');
    for (const tab of [one, two]) {
      expect(tab.state()).toEqual({ status: 'signed_out', reason: 'again' });
    }
  });

  it('ends in every tab when one signs out', async () => {
    const [one, two] = [browser.open(), browser.open()];
    await one.start();
    await two.start();
    await one.signOut();
    expect(one.state()).toEqual({ status: 'signed_out', reason: 'signed_out' });
    expect(two.state()).toEqual({ status: 'signed_out', reason: 'signed_out' });
    const before = browser.sent.length;
    await expect(two.fetch(request())).rejects.toBeInstanceOf(ApiError);
    await browser.pass(10_000_000);
    expect(browser.sent.length).toBe(before);
  });

  it('stays when signing out did not reach the service', async () => {
    const tab = browser.open();
    await tab.start();
    api.failing = 1;
    await expect(tab.signOut()).rejects.toMatchObject({ status: 503 });
    expect(tab.state().status).toBe('signed_in');
  });

  it('is the last one that was signed in to, in every tab', async () => {
    const [one, two] = [browser.open(), browser.open()];
    await one.start();
    await two.start();
    await one.signIn('b@example.test', 'a password of b');
    expect(two.state()).toEqual({ status: 'signed_in', generation: 2, who: 'usr_1' });
    await two.fetch(request());
    expect(browser.sent.at(-1)).toBe(`GET /api-keys t${api.made}`);
  });

  it('of whoever is signed in where a link set a password ends at the API as well', async () => {
    const tab = browser.open();
    await tab.start();
    await tab.leave();
    expect(browser.sent.at(-1)).toBe('POST /auth/logout t1');
    expect(tab.state()).toEqual({ status: 'signed_out', reason: 'signed_out' });
    const sent = browser.sent.length;
    await tab.leave();
    expect(browser.sent.length).toBe(sent);
  });

  it('is forgotten there even if the API does not answer', async () => {
    const tab = browser.open();
    await tab.start();
    api.failing = 1;
    await tab.leave();
    expect(tab.state()).toEqual({ status: 'signed_out', reason: 'signed_out' });
  });

  it('does not come back by a refresh that was under way when its tab signed out', async () => {
    let answer: ((response: Response) => void) | undefined;
    const slow = new Browser((sent, token) => {
      if (new URL(sent.url).pathname === '/v1/auth/refresh' && api.made > 0) {
        return new Promise((resolve) => {
          answer = resolve;
        });
      }
      return api.answer(sent, token);
    });
    const tab = slow.open();
    await tab.start();
    await slow.pass(840_000);
    await tab.signOut();
    answer?.(tokenAnswer('late'));
    await slow.settle();
    expect(tab.state()).toEqual({ status: 'signed_out', reason: 'signed_out' });
  });

  it('of a first password opens nothing until the password is replaced', async () => {
    api.alive = false;
    const [one, two] = [browser.open(), browser.open()];
    await one.start();
    await two.start();
    api.firstPassword = true;
    expect(await one.signIn('a@example.test', 'made for a')).toBe('first_password');
    expect(one.state().status).toBe('signed_out');
    expect(two.state().status).toBe('signed_out');
    await one.replaceFirstPassword('made for a', 'chosen by a, who knows');
    expect(browser.sent.at(-1)).toBe('PUT /users/me/password t1');
    expect(one.state().status).toBe('signed_in');
    expect(two.state().status).toBe('signed_in');
  });

  it('is refused by something before the API without a word about a first password', async () => {
    const tab = new Browser((request) =>
      new URL(request.url).pathname.endsWith('/login')
        ? tokenAnswer('t1')
        : new Response('<h1>Forbidden</h1>', { status: 403 }),
    ).open();
    await expect(tab.signIn('a@example.test', 'x')).rejects.toMatchObject({ status: 403, detail: '' });
  });

  it('tells of a wrong password and of the seconds to wait', async () => {
    const answers = [refused(), json(429, { detail: 'Too many attempts' }, { 'Retry-After': '30' })];
    const tab = new Browser(() => answers.shift() ?? refused()).open();
    await expect(tab.signIn('a@example.test', 'x')).rejects.toMatchObject({ status: 401 });
    await expect(tab.signIn('a@example.test', 'x')).rejects.toMatchObject({ status: 429, retryAfter: 30 });
  });
});

it('a token is in no storage and no address', async () => {
  const api = new Api();
  const tab = new Browser(api.answer).open();
  await tab.start();
  expect(localStorage.length).toBe(0);
  expect(sessionStorage.length).toBe(0);
  expect(document.cookie).toBe('');
  expect(window.location.href).not.toContain('t1');
  expect(JSON.stringify(tab)).not.toContain('t1');
});
