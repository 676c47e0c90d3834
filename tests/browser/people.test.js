/** The people of an organization: found, given a password, managed, and let go. */
import assert from 'node:assert/strict';
import { enter, go, heading, opened, pressIn, settled, signIn, visit } from './support/browser.js';
import { isAccessible } from './support/judge.js';
import {
  admin,
  ask,
  becomes,
  call,
  demo,
  linkIn,
  logIn,
  person,
  secret,
  space,
  until,
} from './support/stack.js';

const SEARCH = 'Find by email address';
const SEEN = 'I have seen what has changed';
const pageMenu = (page) => page.locator('.page-head').getByRole('button', { name: /^Actions for/ });
const search = async (page, text) => {
  await page.getByRole('searchbox', { name: SEARCH }).fill(text);
  await page.waitForURL((url) => url.searchParams.get('email') === text);
  await settled(page);
};
/** Chooses of the menu behind three dots. */
const choose = async (page, menu, name) => {
  await menu.click();
  await page.getByRole('menuitem', { name, exact: true }).click();
};
visit('somebody leaves, and the pipeline goes on', {}, async ({ page }) => {
  const leaver = await person({ name: 'Lena Leaver' });
  const credential = await logIn(leaver);
  const made = await ask('POST', '/api-keys', { credential, content: { name: 'deployment' } });
  const key = secret(made.key);
  const child = await ask('POST', '/api-keys', { credential: key, content: { name: 'of the pipeline' } });
  secret(child.key);
  const account = `Deployments of ${leaver.id}`;

  await signIn(page, demo('admin'));
  await heading(page, 'API keys').waitFor();
  await page.getByRole('link', { name: 'Service accounts' }).click();
  await heading(page, 'Service accounts').waitFor();
  await page.getByRole('button', { name: 'Add service account' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill(account);
  await page.getByRole('dialog').getByRole('button', { name: 'Add service account' }).click();
  await page.getByRole('link', { name: account }).waitFor();

  // What stops with her, and how it does not.
  await go(page, `admin/users/${leaver.id}`);
  await heading(page, 'Lena Leaver').waitFor();
  const row = page.getByRole('row').filter({ has: page.getByRole('cell', { name: /^deployment/ }) });
  await row.getByRole('button', { name: 'Move to a service account' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('A key that it made goes along:').waitFor();
  await dialog.getByText('of the pipeline').waitFor();
  await dialog.getByRole('button', { name: /Service account/ }).click();
  await page.getByRole('option', { name: account }).click();
  await dialog.getByRole('button', { name: 'Move to a service account' }).click();
  await page.getByText('2 keys are moved.').waitFor();
  await page.getByText('No API key stops').waitFor();
  await page.getByRole('button', { name: 'Disable user' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disable user' }).click();
  await page.getByText('This user is disabled').waitFor();

  for (const moved of [key, child.key]) {
    const goesOn = await call('GET', '/users/me', { credential: moved });
    assert.equal(goesOn.status, 200);
    assert.equal(goesOn.content.name, account);
  }
  assert.equal((await call('GET', '/users/me', { credential })).status, 401);
});

visit(
  'a key is moved without a loss by way of the spaces that it needs',
  { refusals: [409] },
  async ({ page }) => {
    const slug = await space('Of the pipeline');
    const leaver = await person({ name: 'Nora Needs', spaces: [[slug, 'editor']] });
    const content = { name: 'deployment' };
    secret((await ask('POST', '/api-keys', { credential: await logIn(leaver), content })).key);
    const account = `Needs of ${leaver.id}`;
    const credential = await admin();
    await ask('POST', '/admin/service-accounts', { credential, content: { name: account } });

    await signIn(page, demo('admin'), `admin/users/${leaver.id}`);
    await page.getByRole('button', { name: 'Move to a service account' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('link', { name: 'Add another service account' }).waitFor();
    await dialog.getByRole('button', { name: /Service account/ }).click();
    await page.getByRole('option', { name: account }).click();
    await dialog.getByRole('button', { name: 'Move to a service account' }).click();
    await dialog.getByText('It loses nothing if you first add the service account').waitFor();
    await dialog.getByText('It may be able to do less than before.').waitFor();
    await dialog.getByRole('link', { name: 'Of the pipeline' }).click();
    await heading(page, 'Of the pipeline').waitFor();
  },
);

visit('a person is added, and gets to a password of their own', {}, async ({ page, visit: seen }) => {
  const { email } = await person({ name: 'Nora Neighbour' });
  await signIn(page, demo('admin'), 'admin/users');
  await heading(page, 'Users').waitFor();
  await page.getByRole('button', { name: 'Add user' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Nils New');
  const address = `new-${email}`;
  const field = page.getByRole('textbox', { name: 'Email', exact: true });
  await field.fill('nils@new..test');
  await page.getByRole('dialog').getByRole('button', { name: 'Add user' }).click();
  await page.getByText('This is no email address.').waitFor();
  await field.fill(address);
  await page.getByRole('dialog').getByRole('button', { name: 'Add user' }).click();
  await page.getByRole('heading', { name: 'A password for Nils New' }).waitFor();
  await page.getByText(`A mail with a link is on its way to ${address}.`).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await search(page, address);
  await page.getByRole('link', { name: 'Nils New' }).waitFor();

  const own = await (await seen.open()).newPage();
  const token = (await linkIn(address)).split('#token=')[1];
  await go(own, `reset#token=${token}`);
  const password = secret('meadow copper lantern 442');
  await own.getByLabel('New password', { exact: true }).fill(password);
  await own.getByLabel('Repeat the new password', { exact: true }).fill(password);
  await own.getByRole('button', { name: 'Set password' }).click();
  await own.getByRole('link', { name: 'Sign in' }).click();
  await enter(own, { email: address, password });
  await own.getByRole('button', { name: /Nils New/ }).waitFor();
});

visit('a link that an admin hands over is not lost by accident', {}, async ({ page }) => {
  const link = 'https://console.example.test/reset#token=0123456789';
  const somebody = await person({ name: 'Lou Link' });
  const setup = { delivery: 'link', link, expires_at: '2030-01-01T00:00:00Z' };
  await page.route('**/password-reset', (route) => route.fulfill({ json: setup }));
  await signIn(page, demo('admin'), `admin/users/${somebody.id}`);
  await choose(page, pageMenu(page), 'Reset password');
  await page.getByRole('dialog').getByRole('button', { name: 'Reset password' }).click();
  await page.getByText(link).waitFor();
  await pressIn(await opened(page), 'Escape');
  await page.getByRole('button', { name: 'Back to the link' }).click();
  await isAccessible(page, 'the link');
  await page.getByRole('button', { name: 'Copy : Link' }).click();
  await page.getByText('Copied', { exact: true }).waitFor();
  await pressIn(page.locator('.dialog'), 'Escape');
  await page.getByText(link).waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('alertdialog').count(), 0);
  // Pasted, because the page's policy lets nothing read the clipboard.
  await go(page, 'admin/users');
  await page.getByRole('searchbox').press('ControlOrMeta+V');
  await becomes(() => page.getByRole('searchbox').inputValue(), link);
});

visit(
  'many people come in pages, and are found by their address',
  { refusals: [422] },
  async ({ page, visit: seen }) => {
    const one = await person({ name: 'Fay Found' });
    for (let others = 0; others < 3; others += 1) await person();
    // As small as a page may be, for a list that is long.
    const rows = page.locator('tbody tr');
    await page.route(/\/admin\/users\?/, (route) => {
      const url = new URL(route.request().url());
      url.searchParams.set('limit', '2');
      return route.continue({ url: url.href });
    });
    await page.clock.install();
    await signIn(page, demo('admin'), 'admin/users');
    await becomes(() => rows.count(), 2);
    await page.getByRole('button', { name: 'Load more' }).click();
    await becomes(() => rows.count(), 4);

    // A page that cannot be read leaves the others, says why, and is asked for again.
    const refused = {
      status: 422,
      contentType: 'application/json',
      body: '{"detail":"cursor: is no cursor"}',
    };
    await page.route(/\/admin\/users\?.*cursor=/, (route) => route.fulfill(refused));
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByRole('alert').getByText('cursor: is no cursor').waitFor();
    assert.equal(await rows.count(), 4);
    await page.unroute(/\/admin\/users\?.*cursor=/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await becomes(() => rows.count(), 6);

    // The page's time stands still while it is typed: a slow machine is no slow writer.
    await page.clock.pauseAt(Date.now() + 20_000);
    const before = seen.sent('GET /admin/users');
    await page
      .getByRole('searchbox', { name: SEARCH })
      .pressSequentially(one.email.slice(0, 10).toUpperCase());
    await page.clock.resume();
    await becomes(() => rows.count(), 1);
    await page.getByRole('link', { name: 'Fay Found' }).waitFor();
    assert.equal(seen.sent('GET /admin/users') - before, 1, 'not each letter is asked for');
    await page.reload();
    await page.getByRole('link', { name: 'Fay Found' }).waitFor();
    await becomes(() => rows.count(), 1);

    await search(page, 'nobody-has-this@');
    await page.getByText('Nobody has such an address').waitFor();
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await rows.nth(1).waitFor();
    await becomes(() => page.getByRole('searchbox', { name: SEARCH }).inputValue(), '');
  },
);

visit('a session of somebody else is ended, and its token refused', {}, async ({ page }) => {
  const somebody = await person({ name: 'Sid Sessions' });
  const [one, two] = [await logIn(somebody), await logIn(somebody)];
  const statuses = async () => {
    const answers = [one, two].map((credential) => call('GET', '/users/me', { credential }));
    return (await Promise.all(answers)).map(({ status }) => status).sort();
  };
  await signIn(page, demo('admin'), `admin/users/${somebody.id}`);
  const sessions = page.getByRole('region', { name: 'Sessions' });
  await sessions.getByRole('row').nth(2).waitFor();
  await choose(page, sessions.getByRole('button', { name: /^Actions for/ }).first(), 'End session');
  await page.getByRole('alertdialog').getByRole('button', { name: 'End session' }).click();
  await page.getByText('The session has ended.').waitFor();
  await becomes(() => sessions.getByRole('row').count(), 2);
  assert.deepEqual(await statuses(), [200, 401]);

  await sessions.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  await sessions.getByText('Nowhere signed in').waitFor();
  assert.deepEqual(await statuses(), [401, 401]);
});

visit('what stops is read again before somebody is disabled', {}, async ({ page }) => {
  const slug = await space('Left alone');
  const somebody = await person({ name: 'Ada Alone', spaces: [[slug, 'admin']] });
  const credential = await logIn(somebody);
  await signIn(page, demo('admin'), `admin/users/${somebody.id}`);
  const warning = 'This space is left without an Admin among its members:';
  await page.getByText(warning).waitFor();
  await page.getByText('Only Admin').waitFor();
  await page.getByRole('button', { name: 'Disable user' }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByText(warning).waitFor();
  await dialog.getByText('Left alone').waitFor();

  // A key that was made since then: nothing is done before somebody has seen it.
  secret((await ask('POST', '/api-keys', { credential, content: { name: 'just made' } })).key);
  const disable = dialog.getByRole('button', { name: 'Disable user' });
  await disable.press('Enter');
  await dialog.getByText('What stops has changed in the meantime').waitFor();
  // A second press, as of somebody who has not looked up.
  await page.keyboard.press('Enter');
  await dialog.getByText('just made').waitFor();
  assert.ok(await disable.isDisabled());
  assert.equal((await call('GET', '/users/me', { credential })).status, 200);
  await dialog.getByText(SEEN).click();
  await disable.click();
  await page.getByText('This user is disabled').waitFor();
  assert.equal((await call('GET', '/users/me', { credential })).status, 401);
});

visit('a role in a space is changed and taken on the page of a user', {}, async ({ page }) => {
  const slug = await space('Of one user');
  const somebody = await person({ name: 'Rob Role', spaces: [[slug, 'viewer']] });
  const credential = await logIn(somebody);
  const reached = async () => {
    const { spaces } = await ask('GET', '/users/me', { credential });
    return spaces.map((one) => one.role);
  };
  await signIn(page, demo('admin'), `admin/users/${somebody.id}`);
  const menu = page.getByRole('button', { name: 'Actions for Of one user' });
  await choose(page, menu, 'Change role');
  await page.getByRole('heading', { name: 'Role of Rob Role in Of one user' }).waitFor();
  await page.getByText('Editor: changes it, too').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Change role' }).click();
  await page.getByRole('cell', { name: 'Editor' }).waitFor();
  assert.deepEqual(await reached(), ['editor']);
  await choose(page, menu, 'Remove');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove member' }).click();
  await page.getByText('A member of no space').waitFor();
  assert.deepEqual(await reached(), []);
});

visit('a key of somebody else is revoked with those that it made', {}, async ({ page }) => {
  const somebody = await person({ name: 'Kim Keys' });
  const credential = await logIn(somebody);
  const one = await ask('POST', '/api-keys', { credential, content: { name: 'first' } });
  const two = await ask('POST', '/api-keys', { credential: secret(one.key), content: { name: 'second' } });
  secret(two.key);
  await signIn(page, demo('admin'), `admin/users/${somebody.id}`);
  await page.getByText('made by first').waitFor();
  await choose(page, page.getByRole('button', { name: 'Actions for first' }), 'Revoke');
  await page.getByRole('alertdialog').getByText('This key made another key').waitFor();
  await page.getByRole('button', { name: 'Revoke 2 keys' }).click();
  await page.getByText('No API key stops').waitFor();
  assert.equal((await call('GET', '/users/me', { credential: two.key })).status, 401);
});

visit('what a key made is read again before it is revoked', {}, async ({ page }) => {
  const somebody = await person({ name: 'Rhea Reread' });
  const credential = await logIn(somebody);
  const one = await ask('POST', '/api-keys', { credential, content: { name: 'first' } });
  await signIn(page, demo('admin'), `admin/users/${somebody.id}`);
  await page.getByRole('button', { name: 'Actions for first' }).waitFor();
  const make = async (name) =>
    secret((await ask('POST', '/api-keys', { credential: secret(one.key), content: { name } })).key);
  // Since the list was read, and since the dialogue was.
  await make('second');
  await choose(page, page.getByRole('button', { name: 'Actions for first' }), 'Revoke');
  const dialog = page.getByRole('alertdialog');
  await dialog.getByText('second').waitFor();
  const third = await make('third');
  await page.getByRole('button', { name: 'Revoke 2 keys' }).click();
  await dialog.getByText('Something has changed in the meantime').waitFor();
  await dialog.getByText('third').waitFor();
  assert.equal((await call('GET', '/users/me', { credential: third })).status, 200);
  await dialog.getByText(SEEN).click();
  await page.getByRole('button', { name: 'Revoke 3 keys' }).click();
  await page.getByText('No API key stops').waitFor();
  assert.equal((await call('GET', '/users/me', { credential: third })).status, 401);
});

visit('a disabled user is enabled, and another time deleted', {}, async ({ page }) => {
  const gone = await person({ name: 'Gil Gone' });
  const credential = await admin();
  await ask('PATCH', `/admin/users/${gone.id}`, { credential, content: { disabled: true } });
  await signIn(page, demo('admin'), 'admin/users');
  await search(page, gone.email);
  await page.getByRole('link', { name: 'Gil Gone' }).click();
  await heading(page, 'Gil Gone').waitFor();
  await page.getByText('This user is disabled').waitFor();
  // No password is of use to it.
  await pageMenu(page).click();
  await page.getByRole('menuitem', { name: 'Delete user' }).waitFor();
  assert.equal(await page.getByRole('menuitem', { name: 'Reset password' }).count(), 0);
  await pressIn(page.getByRole('menu'), 'Escape');
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('button', { name: 'Disable user' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disable user' }).click();
  await page.getByText('This user is disabled').waitFor();

  await choose(page, pageMenu(page), 'Delete user');
  const dialog = page.getByRole('alertdialog');
  const button = dialog.getByRole('button', { name: 'Delete user' });
  await dialog.getByRole('textbox').fill('somebody else');
  assert.ok(await button.isDisabled());
  await dialog.getByRole('textbox').fill(gone.email);
  await button.click();
  await heading(page, 'Users').waitFor();
  await settled(page);
  assert.equal((await call('GET', `/admin/users/${gone.id}`, { credential })).status, 404);
});

visit('who signed in long ago signs in again, and comes back', { refusals: [403] }, async ({ page }) => {
  const somebody = await person({ name: 'Stan Stale' });
  const stale = 'Log in again: this needs a password that was entered within the last 10 minutes';
  const refused = { status: 403, contentType: 'application/json', body: JSON.stringify({ detail: stale }) };
  await page.route('**/password-reset', (route) => route.fulfill(refused));
  await signIn(page, demo('admin'), `admin/users/${somebody.id}`);
  await choose(page, pageMenu(page), 'Reset password');
  await page.getByRole('dialog').getByRole('button', { name: 'Reset password' }).click();
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await page.getByText('You come back to the page that you were on.').waitFor();
  await page.unroute('**/password-reset');
  await enter(page, demo('admin'));
  await heading(page, 'Stan Stale').waitFor();
  await choose(page, pageMenu(page), 'Reset password');
  await page.getByRole('dialog').getByRole('button', { name: 'Reset password' }).click();
  await page.getByText('A mail with a link is on its way').waitFor();
});
