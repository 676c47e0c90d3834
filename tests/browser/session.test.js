/** Who is signed in, in every tab: signing in and out, refreshing, ends that come from elsewhere. */
import assert from 'node:assert/strict';
import { before } from 'node:test';
import { enter, go, heading, settled, signIn, visit } from './support/browser.js';
import { attemptsAreForgotten, firstAdmin, timeIsOver } from './support/inside.js';
import { fits } from './support/judge.js';
import { admin, ask, becomes, call, demo, linkIn, logIn, person, secret } from './support/stack.js';

before(attemptsAreForgotten);

const REFRESH = 'POST /auth/refresh';
const ended = (page) => page.getByText('Your session has ended. Sign in again to go on.');

/** In seconds, of the token that a sign-in brings. */
async function lifeOfToken(page) {
  const answer = await page.waitForResponse((response) => response.url().endsWith('/auth/login'));
  return (await answer.json()).expires_in;
}

visit('who was never here is not asked about at the API', {}, async ({ page, visit: seen }) => {
  await go(page);
  await heading(page, 'Sign in').waitFor();
  await settled(page);
  assert.deepEqual(seen.requests, []);
});

visit(
  'wrong answers are explained, and a right one leads to where one wanted to go',
  { refusals: [401] },
  async ({ page }) => {
    const me = await person();
    await go(page, 'settings/profile');
    await page.getByLabel('Email').fill(me.email);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('do not belong together').waitFor();
    await enter(page, me);
    await heading(page, 'Profile').waitFor();
  },
);

visit(
  'after several wrong answers one is told how long to wait',
  { refusals: [401, 429] },
  async ({ page }) => {
    const me = await person();
    await go(page);
    await page.getByLabel('Email').fill(me.email);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    const button = page.getByRole('button', { name: 'Sign in' });
    // Seen by the page itself, for the wait may be over in a second.
    const told = page.evaluate(
      () =>
        new Promise((done) => {
          const look = () => {
            const isTold = /^Too many attempts\. Try again in \d+ \w+\.$/m.test(document.body.innerText);
            const isOff = document.querySelector('button[type=submit]')?.disabled === true;
            if (isTold && isOff) done();
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
    told.catch(() => undefined);
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const answer = page.waitForResponse((response) => response.url().endsWith('/auth/login'));
      await button.click();
      if ((await answer).status() === 429) break;
      await page.getByRole('alert').waitFor();
    }
    await told;
  },
);

visit('a reload and another tab go on with the session', {}, async ({ page, context, visit: seen }) => {
  await signIn(page, await person());
  assert.equal(seen.sent(REFRESH), 0);
  await page.reload();
  await heading(page, 'API keys').waitFor();
  assert.equal(seen.sent(REFRESH), 1);
  const other = await context.newPage();
  await go(other, 'settings/sessions');
  await other.getByText('This session').waitFor();
  assert.equal(seen.sent(REFRESH), 2);
});

visit('two tabs refresh once, before the token ends', {}, async ({ page, context, visit: seen }) => {
  await context.clock.install();
  const life = lifeOfToken(page);
  await signIn(page, await person());
  const other = await context.newPage();
  await go(other);
  await settled(other);
  const before = seen.sent(REFRESH);
  const answer = context.waitForEvent('response', (response) => response.url().endsWith('/auth/refresh'));
  // It is replaced a minute before its end.
  await context.clock.fastForward(((await life) - 50) * 1000);
  assert.equal((await answer).status(), 200);
  for (const tab of [page, other]) {
    await tab.getByRole('link', { name: 'Sessions' }).click();
    await tab.getByText('This session').waitFor();
    await settled(tab);
  }
  assert.equal(seen.sent(REFRESH), before + 1);
});

visit('a page that slept past the end of its token goes on', {}, async ({ page, context, visit: seen }) => {
  await context.clock.install();
  const life = lifeOfToken(page);
  await signIn(page, await person());
  await settled(page);
  const before = seen.sent(REFRESH);
  await context.clock.fastForward(((await life) + 25 * 60) * 1000);
  await page.getByRole('link', { name: 'Sessions' }).click();
  await page.getByText('This session').waitFor();
  assert.equal(seen.sent(REFRESH), before + 1);
});

visit(
  'a session that is ended by an admin ends in every open tab',
  { refusals: [401] },
  async ({ page, context }) => {
    const me = await person();
    await signIn(page, me);
    await settled(page);
    const other = await context.newPage();
    await go(other, 'settings/profile');
    await heading(other, 'Profile').waitFor();
    await ask('POST', `/admin/users/${me.id}/sign-out`, { credential: await admin(), content: {} });

    await page.getByRole('link', { name: 'Sessions' }).click();
    await ended(page).waitFor();
    await ended(other).waitFor();
    await enter(page, me);
    await heading(page, 'Sessions').waitFor();
    // The other tab has the new session as well, at its own address.
    await heading(other, 'Profile').waitFor();
  },
);

visit(
  'signing out everywhere reaches a tab and another browser',
  { refusals: [401] },
  async ({ page, context, visit: seen }) => {
    const me = await person();
    await signIn(page, me);
    const tab = await context.newPage();
    await go(tab);
    await settled(tab);
    const elsewhere = await (await seen.open()).newPage();
    await signIn(elsewhere, me);
    await settled(elsewhere);

    await page.getByRole('link', { name: 'Sessions' }).click();
    await page.getByRole('button', { name: 'Actions', exact: true }).click();
    await page.getByRole('menuitem', { name: 'End all, this one too' }).click();
    await page.getByRole('button', { name: 'End all, this one too' }).click();
    await page.getByText('You are signed out.').waitFor();
    await tab.getByText('You are signed out.').waitFor();
    await elsewhere.getByRole('link', { name: 'Sessions' }).click();
    await ended(elsewhere).waitFor();
  },
);

visit('one session of several is ended', { refusals: [401] }, async ({ page, visit: seen }) => {
  const me = await person();
  const elsewhere = await (await seen.open()).newPage();
  await signIn(elsewhere, me);
  await settled(elsewhere);
  await signIn(page, me, 'settings/sessions');
  const other = page.getByRole('row').filter({ hasNotText: 'This session' }).getByRole('button');
  await other.click();
  await page.getByRole('menuitem', { name: 'End session' }).click();
  await page.getByRole('button', { name: 'End session' }).click();
  await page.getByText('The session has ended.').waitFor();
  await becomes(() => page.getByRole('row').count(), 2);
  await elsewhere.getByRole('link', { name: 'Sessions' }).click();
  await ended(elsewhere).waitFor();
});

visit('the next person sees nothing of the one before', {}, async ({ page }) => {
  const [one, two] = [await person({ name: 'Only One' }), await person({ name: 'Somebody Else' })];
  await signIn(page, one, 'settings/profile');
  // Characters are counted as the API does, and an emoji is one.
  const name = `Only One ${'\u{1f642}'.repeat(150)}`;
  await page.getByLabel('Name', { exact: true }).fill('\u{1f642}'.repeat(201));
  await page.getByText('At most 200 characters.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Your name is changed.').waitFor();
  await page.getByRole('button', { name: /Only One/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByText('You are signed out.').waitFor();
  await page.getByText('Your name is changed.').waitFor({ state: 'detached' });
  await enter(page, two);
  await page.getByRole('button', { name: /Somebody Else/ }).waitFor();
  assert.ok(!(await page.content()).includes('Only One'));
});

visit('a viewer who types an address of the administration', {}, async ({ page, visit: seen }) => {
  await signIn(page, demo('viewer'));
  for (const path of ['admin', 'admin/users', 'admin/audit', 'admin/nowhere']) {
    await go(page, path);
    await page.getByRole('heading', { name: 'You may not see this page' }).waitFor();
  }
  assert.equal(await page.getByRole('navigation').getByText('Administration', { exact: true }).count(), 0);
  assert.deepEqual(
    seen.requests.filter((request) => request.includes(' /admin')),
    [],
  );
});

visit('a forgotten password is set by the link of a mail', {}, async ({ page, context }) => {
  const me = await person();
  await go(page);
  await page.getByRole('link', { name: 'Forgot password?' }).click();
  await page.getByLabel('Email').fill(me.email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await heading(page, 'Look into your inbox').waitFor();

  const link = await linkIn(me.email);
  const token = link.split('#token=')[1];
  await go(page, `reset#token=${token}`);
  const next = secret('tundra velvet obelisk 731');
  await page.getByLabel('New password', { exact: true }).fill(next);
  await page.getByText('Strong').waitFor();
  assert.ok(!page.url().includes(token));
  const debug = await context.newCDPSession(page);
  const { entries } = await debug.send('Page.getNavigationHistory');
  const addresses = entries.map((entry) => entry.url).join();
  assert.ok(!addresses.includes(token), 'the token is in the history');
  await page.getByLabel('Repeat the new password', { exact: true }).fill(next);
  await page.getByRole('button', { name: 'Set password' }).click();
  await heading(page, 'Your password is set').waitFor();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await enter(page, { email: me.email, password: next });
  await heading(page, 'API keys').waitFor();
});

visit(
  'a link that was cut shows its page, and is not left in the address',
  { refusals: [422] },
  async ({ page }) => {
    await go(page, 'reset#token=abc%');
    await heading(page, 'Set a new password').waitFor();
    await becomes(() => page.url().includes('token'), false);
    await page.getByLabel('New password', { exact: true }).fill('tundra velvet obelisk 731');
    await page.getByLabel('Repeat the new password', { exact: true }).fill('tundra velvet obelisk 731');
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByText('This link has been used').waitFor();
  },
);

visit(
  'the link of one person ends the session of another who is signed in',
  {},
  async ({ page, context }) => {
    const [here, other] = [await person(), await person()];
    await signIn(page, here);
    await settled(page);
    await ask('POST', '/auth/password/forgot', { content: { email: other.email } });
    const link = await linkIn(other.email);
    await go(page, `reset#token=${link.split('#token=')[1]}`);
    const next = secret('lantern quarry mosaic 406');
    await page.getByLabel('New password', { exact: true }).fill(next);
    await page.getByLabel('Repeat the new password', { exact: true }).fill(next);
    await page.getByRole('button', { name: 'Set password' }).click();
    await heading(page, 'Your password is set').waitFor();

    const credential = await logIn(here);
    const left = async () => (await ask('GET', '/users/me/sessions', { credential })).sessions;
    await becomes(
      async () => (await left()).map((one) => one.current),
      [true],
      'no session is left but this',
    );
    const cookies = async () => (await context.cookies()).filter(({ name }) => name.startsWith('__Host-'));
    await becomes(cookies, [], 'the cookie is gone');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await enter(page, { email: other.email, password: next });
    await heading(page, 'API keys').waitFor();
  },
);

visit('a link that was used is explained', { refusals: [422] }, async ({ page }) => {
  await go(page, 'reset#token=abcdef');
  await page.getByLabel('New password', { exact: true }).fill('tundra velvet obelisk 731');
  await page.getByLabel('Repeat the new password', { exact: true }).fill('tundra velvet obelisk 731');
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('This link has been used').waitFor();
});

visit('a password is changed, and ends the other sessions', { refusals: [403] }, async ({ page }) => {
  const me = await person();
  const other = await logIn(me);
  const next = secret('granite whistle oxbow 58');
  await signIn(page, me, 'settings/password');
  await page.getByLabel('Current password', { exact: true }).fill('not the password');
  await page.getByLabel('New password', { exact: true }).fill(next);
  await page.getByLabel('Repeat the new password', { exact: true }).fill(next);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('The current password is not right.').waitFor();
  await page.getByLabel('Current password', { exact: true }).fill(me.password);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('Your password is changed').waitFor();
  assert.equal((await call('GET', '/users/me', { credential: other })).status, 401);
  await page.getByRole('link', { name: 'Sessions' }).click();
  await page.getByText('This session').waitFor();
});

visit('a service that does not answer signs nobody out', { refusals: [429, 503] }, async ({ page }) => {
  await signIn(page, await person());
  await settled(page);
  const unavailable = {
    status: 503,
    contentType: 'application/json',
    body: '{"detail":"Service unavailable"}',
  };
  await page.route('**/auth/refresh', (route) => route.fulfill(unavailable));
  await page.reload();
  await page.getByRole('heading', { name: 'The service does not answer' }).waitFor();
  await page.getByText('You are not signed out. The service is not available at the moment.').waitFor();
  await page.unroute('**/auth/refresh');
  const throttled = { status: 429, headers: { 'Retry-After': '40' }, json: { detail: 'Too many requests' } };
  await page.route('**/auth/refresh', (route) => route.fulfill(throttled));
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('You are not signed out. Too many attempts. Try again in 40 seconds.').waitFor();
  await page.unroute('**/auth/refresh');
  await page.getByRole('button', { name: 'Try again' }).click();
  await heading(page, 'API keys').waitFor();
});

visit(
  'what stands around the screens is asked for again when it could not be loaded',
  { refusals: [503] },
  async ({ page }) => {
    const shell = /\/assets\/Shell-[^/]+\.js$/;
    let loads = 0;
    page.on('request', (request) => (loads += request.isNavigationRequest() ? 1 : 0));
    /** In which load of the page it was refused. */
    const refused = new Set();
    await page.route(shell, (route) => {
      refused.add(loads);
      return route.fulfill({ status: 503, json: { detail: 'Service unavailable' } });
    });
    // Asked for while somebody types a password. The page is loaded anew for it, once, which does not help.
    await go(page);
    await becomes(() => [...refused], [1, 2]);
    await heading(page, 'Sign in').waitFor();
    await settled(page);
    await page.unroute(shell);
    await enter(page, await person());
    await heading(page, 'API keys').waitFor();
    assert.equal(loads, 2);
  },
);

visit('where nothing can be read, a sign-out that fails is told', { refusals: [503] }, async ({ page }) => {
  const me = await person();
  await signIn(page, me);
  await settled(page);
  const unavailable = {
    status: 503,
    headers: { 'Retry-After': '1' },
    json: { detail: 'Service unavailable' },
  };
  await page.route(/\/users\/me(\?|$)/, (route) => route.fulfill(unavailable));
  await page.route('**/auth/logout', (route) => route.fulfill(unavailable));
  await page.reload();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.locator('.toast').getByText('Try again in 1 second.').waitFor();
  await page.unroute('**/auth/logout');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You are signed out.').waitFor();
});

visit('a first password is replaced, and has a way back', { refusals: [403, 401] }, async ({ page }) => {
  const me = await firstAdmin(await admin());
  const own = page.getByLabel('New password', { exact: true });
  const next = secret('tundra velvet obelisk 731');
  const choose = async () => {
    await own.fill(next);
    await page.getByLabel('Repeat the new password', { exact: true }).fill(next);
    await page.getByRole('button', { name: 'Set password and go on' }).click();
  };
  /** Answers the token that the first password opens. */
  const begin = async () => {
    await page.getByLabel('Password', { exact: true }).fill(me.password);
    const answer = page.waitForResponse((response) => response.url().endsWith('/auth/login'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await heading(page, 'Choose your password').waitFor();
    return (await (await answer).json()).access_token;
  };
  await go(page);
  await page.getByLabel('Email').fill(me.email);
  const token = await begin();
  for (const path of ['/users/me', '/api-keys', '/admin/users'])
    assert.equal((await call('GET', path, { credential: token })).status, 403, path);
  await timeIsOver(token);
  await choose();
  await page.getByRole('alert').getByText('The time for this is over').waitFor();
  await page.setViewportSize({ width: 360, height: 740 });
  await fits(page, 'first password');

  await page.getByRole('button', { name: 'Back to sign in' }).press('Enter');
  await heading(page, 'Sign in').waitFor();
  await becomes(() => page.getByLabel('Email').inputValue(), me.email);
  await begin();
  await choose();
  await heading(page, 'API keys').waitFor();
  await settled(page);
  // From now on it is a password like any other, and the first one is none.
  await page.reload();
  await heading(page, 'API keys').waitFor();
  const old = await call('POST', '/auth/login', { content: me });
  assert.equal(old.status, 401);
  const credential = await logIn({ ...me, password: next });
  assert.equal((await ask('GET', '/users/me', { credential })).organization.role, 'admin');
});
