/** What ends while a page is open: a token, a session, a role, the version that it is of. */
import assert from 'node:assert/strict';
import { enter, go, heading, settled, signIn, visit } from './support/browser.js';
import { aged, ended, timeIsOver } from './support/inside.js';
import { admin, ask, call, logIn, person, secret } from './support/stack.js';

const REFRESH = 'POST /auth/refresh';
const isOver = (page) => page.getByText('Your session has ended. Sign in again to go on.');
/** Signs in and answers the token that the page was given. */
async function tokenAtSignIn(page, me, path) {
  const answer = page.waitForResponse((response) => response.url().endsWith('/auth/login'));
  await signIn(page, me, path);
  return (await (await answer).json()).access_token;
}

/** Gives the tabs of a window a token by the way in which they give it to each other, and waits until they have it. */
async function handOver(tabs, token) {
  // A channel that is opened later hears later.
  const channel = 'qarion-session';
  for (const tab of tabs) {
    await tab.evaluate((name) => {
      window.heard = new Promise((done) => (new BroadcastChannel(name).onmessage = () => done()));
    }, channel);
  }
  // By the page's clock it is good: a token that ends on its way, or a clock that is late.
  const message = { kind: 'token', token, signIn: false };
  await tabs[0].evaluate(
    ([name, content]) =>
      new BroadcastChannel(name).postMessage({ ...content, expiresAt: Date.now() + 600_000 }),
    [channel, message],
  );
  for (const tab of tabs) await tab.evaluate(() => window.heard);
}

visit(
  'a token that has ended is replaced once for two tabs, and nobody notices',
  { refusals: [401] },
  async ({ page, context, visit: seen }) => {
    const token = await tokenAtSignIn(page, await person());
    const other = await context.newPage();
    await go(other);
    await settled(page);
    await settled(other);
    const old = await ended(token);
    // It is its end that the API refuses: issued later, the same token is good.
    const statuses = [await aged(token, 0), old].map((credential) =>
      call('GET', '/users/me', { credential }),
    );
    assert.deepEqual(
      (await Promise.all(statuses)).map(({ status }) => status),
      [200, 401],
    );
    await handOver([page, other], old);
    const before = seen.sent(REFRESH);
    await Promise.all([page, other].map((tab) => tab.getByRole('link', { name: 'Sessions' }).click()));
    for (const tab of [page, other]) {
      await tab.getByText('This session').waitFor();
      assert.equal(await tab.getByRole('heading', { name: 'Sign in' }).count(), 0);
    }
    assert.equal(seen.sent(REFRESH), before + 1);
  },
);

visit(
  'a session whose time is over leads to signing in, says why, and comes back',
  { refusals: [401] },
  async ({ page }) => {
    const me = await person();
    const token = await tokenAtSignIn(page, me, 'settings/profile');
    await heading(page, 'Profile').waitFor();
    await settled(page);
    await timeIsOver(token);
    await handOver([page], await ended(token));
    await page.getByRole('link', { name: 'Sessions' }).click();
    await isOver(page).waitFor();
    await enter(page, me);
    await heading(page, 'Sessions').waitFor();
    await page.getByText('This session').waitFor();
    assert.ok(page.url().endsWith('/settings/sessions'), page.url());
  },
);

visit(
  'a session that is ended from another one leads back to the very page, after signing in',
  { refusals: [401] },
  async ({ page }) => {
    const me = await person({ role: 'admin' });
    const credential = await logIn(me);
    const made = await ask('POST', '/api-keys', { credential, content: { name: 'kept in sight' } });
    secret(made.key);
    const path = `admin/users/${me.id}/api-keys/${made.id}`;
    await signIn(page, me, path);
    await heading(page, 'kept in sight').waitFor();
    await settled(page);
    // A dialogue or a choice asks the API next: the page itself has all that it needs.
    const { sessions } = await ask('GET', '/users/me/sessions', { credential });
    for (const { id } of sessions.filter((one) => !one.current))
      await ask('DELETE', `/users/me/sessions/${id}`, { credential });

    await page.getByRole('button', { name: /Period/ }).click();
    await page.getByRole('option', { name: 'Last 30 days' }).click();
    await isOver(page).waitFor();
    assert.ok(page.url().endsWith(path), page.url());
    await enter(page, me);
    await heading(page, 'kept in sight').waitFor();
    assert.ok(page.url().endsWith(path), page.url());
  },
);

visit(
  'another person who signs in after an end sees the page as theirs',
  { refusals: [401] },
  async ({ page }) => {
    const [one, two] = [
      await person({ role: 'admin', name: 'Olga One' }),
      await person({ name: 'Theo Two' }),
    ];
    await signIn(page, one, 'admin/usage');
    await heading(page, 'Usage').waitFor();
    await settled(page);
    await ask('POST', `/admin/users/${one.id}/sign-out`, { credential: await admin(), content: {} });
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await isOver(page).waitFor();
    await enter(page, two);
    await page.getByRole('heading', { name: 'You may not see this page' }).waitFor();
    assert.ok(!(await page.content()).includes('Olga One'));
  },
);

visit('a role that is taken while a page is open ends there', { refusals: [403] }, async ({ page }) => {
  const me = await person({ role: 'admin' });
  await signIn(page, me, 'admin/spaces');
  await heading(page, 'Spaces').waitFor();
  await settled(page);
  const content = { org_role: 'member' };
  await ask('PATCH', `/admin/users/${me.id}`, { credential: await admin(), content });
  await page.getByRole('link', { name: 'Users', exact: true }).click();
  await page.getByRole('heading', { name: 'You may not see this page' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'You may not see this page' }).waitFor();
  assert.equal(await page.getByRole('navigation').getByText('Administration', { exact: true }).count(), 0);
});

visit('a member who types an address of a key or of the import', {}, async ({ page, visit: seen }) => {
  const me = await person();
  await signIn(page, me);
  for (const path of [
    'admin/usage',
    'admin/users/import',
    `admin/users/${me.id}/api-keys/key_00000000000`,
    `admin/service-accounts/${me.id}/api-keys/key_00000000000`,
  ]) {
    await go(page, path);
    await page.getByRole('heading', { name: 'You may not see this page' }).waitFor();
  }
  assert.deepEqual(
    seen.requests.filter((request) => request.includes(' /admin')),
    [],
  );
});

/** Takes away all scripts that a page asks for from now on, until `isBack` says of one that it is there again. */
async function takeScripts(context, isBack) {
  await context.route(/\/assets\/[^/]+\.js$/, async (route) => {
    if (isBack(route.request().url())) await route.continue();
    else await route.fulfill({ status: 404, body: '' });
  });
}

visit(
  'a page that was open during a deployment is loaded anew, at what was to be opened',
  { refusals: [404] },
  async ({ page, context }) => {
    await signIn(page, await person({ role: 'admin' }));
    await settled(page);
    let documents = 0;
    page.on('request', (request) => (documents += request.resourceType() === 'document' ? 1 : 0));
    await takeScripts(context, () => documents > 0);
    await page.getByRole('link', { name: 'Usage', exact: true }).click();
    await heading(page, 'Usage').waitFor();
    assert.equal(documents, 1);
    assert.ok(page.url().endsWith('/console/admin/usage'), page.url());
  },
);

visit('where that does not help, it is loaded anew once', { refusals: [404] }, async ({ page, context }) => {
  await signIn(page, await person({ role: 'admin' }));
  await settled(page);
  let documents = 0;
  page.on('request', (request) => (documents += request.resourceType() === 'document' ? 1 : 0));
  const lost = new Set();
  await takeScripts(context, (url) => {
    if (documents === 0) lost.add(url);
    return !lost.has(url);
  });
  await page.getByRole('link', { name: 'Usage', exact: true }).click();
  // While it is being loaded anew there is nothing to press: what is said here is the end of it.
  await page.getByRole('button', { name: 'Reload the page' }).waitFor();
  assert.equal(documents, 1);
});
