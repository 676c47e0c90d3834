/** A key's whole life in the browser, and that its text is nowhere once it was shown. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { enter, go, heading, opened, pressIn, settled, signIn, visit } from './support/browser.js';
import { fits, isAccessible } from './support/judge.js';
import { choose, copyAndClose, generate, holdsNothing, shown } from './support/keys.js';
import { admin, ask, becomes, call, logIn, person, secret, until } from './support/stack.js';

const shell = (line) => promisify(execFile)('sh', ['-c', `${line} -sS -w '\\n%{http_code}'`]);

visit('a key is made, tried, watched and revoked', {}, async ({ page }) => {
  const me = await person();
  await signIn(page, me);
  await heading(page, 'API keys').waitFor();
  await page.getByText('No API keys').waitFor();

  const { key, line } = await generate(page, 'nightly report');
  await copyAndClose(page);
  // Pasted, because the page's policy lets nothing read the clipboard.
  await page.getByRole('button', { name: 'Generate new key' }).click();
  await page.getByRole('textbox', { name: 'Name' }).press('ControlOrMeta+V');
  await becomes(() => page.getByRole('textbox', { name: 'Name' }).inputValue(), key);
  await page.getByRole('textbox', { name: 'Name' }).fill('\u200b');
  await page.getByRole('button', { name: 'Generate key' }).click();
  await page.getByText('Write it in one line, of characters that can be seen.').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  // The line that the screen offers, as a shell reads it.
  for (let calls = 0; calls < 3; calls += 1) {
    const { stdout } = await shell(line);
    const [body, status] = stdout.split(/\n(?=\d{3}$)/);
    assert.equal(status, '200');
    assert.equal(JSON.parse(body).email, me.email);
  }

  const credential = await logIn(me);
  const { api_keys: keys } = await ask('GET', '/api-keys', { credential });
  await until('count of three calls', async () => {
    const path = `/api-keys/${keys[0].id}/usage?from=${hoursAgo(2)}&interval=hour`;
    const { usage } = await ask('GET', path, { credential });
    return usage.reduce((sum, entry) => sum + entry.allowed, 0) === 3;
  });
  await page.reload();
  await page.getByRole('img', { name: '3 calls in 7 days' }).waitFor();
  await page.getByRole('link', { name: 'nightly report' }).click();
  await heading(page, 'nightly report').waitFor();
  await page.locator('.recharts-bar-rectangle').first().waitFor({ state: 'attached' });
  await page.getByRole('row', { name: /\/users\/me 3$/ }).waitFor();

  await choose(page, 'nightly report', 'Revoke');
  await page.getByText('It was last used').waitFor();
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText('“nightly report” is revoked.').waitFor();
  // Its page stays, with its name and what was done with it.
  await page.getByText('This key is revoked').waitFor();
  await heading(page, 'nightly report').waitFor();
  await becomes(() => page.title(), 'nightly report · Qarion');
  await page.getByRole('row', { name: /\/users\/me 3$/ }).waitFor();
  await page.getByRole('link', { name: 'All keys' }).click();
  await page.getByText('No API keys').waitFor();
  const { stdout } = await shell(line);
  assert.equal(stdout, '{"detail":"Could not validate credentials"}\n401');
});

visit('a key is shown once, and then is nowhere in the browser', {}, async ({ page, context }) => {
  const me = await person();
  await signIn(page, me);
  const { key } = await generate(page, 'shown once');
  assert.match(key, /^\w+_[0-9A-Za-z]{70,}$/);
  await copyAndClose(page);
  await holdsNothing(page, context, key);
  await page.getByRole('link', { name: 'shown once' }).click();
  await heading(page, 'shown once').waitFor();
  await settled(page);
  await holdsNothing(page, context, key);
  await page.goBack();
  await heading(page, 'API keys').waitFor();
  await holdsNothing(page, context, key);
  await page.reload();
  await settled(page);
  await holdsNothing(page, context, key);
  const other = await context.newPage();
  await go(other);
  await settled(other);
  await holdsNothing(other, context, key);
});

visit('who has not copied a key is asked before it is gone', {}, async ({ page }) => {
  await signIn(page, await person());
  const { key } = await generate(page, 'not copied');
  await pressIn(await opened(page), 'Escape');
  await page.getByRole('heading', { name: 'Close without copying?' }).waitFor();
  await page.getByRole('button', { name: 'Back to the key' }).click();
  assert.equal(await page.locator('pre').first().textContent(), key);
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByRole('button', { name: 'Close anyway' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.ok(!(await page.content()).includes(key));
});

visit('who has not copied a key is asked before the page is left', {}, async ({ page, visit: seen }) => {
  await signIn(page, await person());
  await page.getByRole('link', { name: 'Sessions' }).click();
  await heading(page, 'Sessions').waitFor();
  await page.getByRole('link', { name: 'API keys' }).click();
  const { key } = await generate(page, 'left behind');
  await page.goBack();
  await page.getByRole('heading', { name: 'Close without copying?' }).waitFor();
  await page.getByRole('button', { name: 'Back to the key' }).click();
  assert.equal(await page.locator('pre').first().textContent(), key);
  seen.mayAsk = true;
  // It never ends where the page stays.
  await page.evaluate(() => setTimeout(() => window.location.reload()));
  await until('question', () => seen.asked === 1, 30);
  assert.equal(await page.locator('pre').first().textContent(), key);
  await page.goBack();
  await page.getByRole('button', { name: 'Close anyway' }).click();
  await heading(page, 'Sessions').waitFor();
  assert.ok(!(await page.content()).includes(key));
});

visit(
  'a key that was not copied is still there when another tab signs out, and nothing else',
  {},
  async ({ page, context, visit: seen }) => {
    const me = await person();
    await signIn(page, me);
    const { key } = await generate(page, 'signed out elsewhere');
    const other = await context.newPage();
    await go(other);
    await settled(other);
    await other.getByRole('button', { name: me.email }).click();
    await other.getByRole('menuitem', { name: 'Sign out' }).click();
    await other.getByText('You are signed out.').waitFor();

    await page.bringToFront();
    await page.getByRole('alert').getByText('You signed out in another tab. Copy the key now').waitFor();
    assert.equal(await page.locator('pre').first().textContent(), key);
    assert.ok(!(await page.content()).includes(me.email));
    const dialog = page.getByRole('dialog');
    await until('focus', () => dialog.evaluate((it) => it.contains(document.activeElement)), 30);
    await isAccessible(page, 'a key after the end of the session');
    await page.setViewportSize({ width: 360, height: 740 });
    await fits(page, 'a key after the end of the session');
    const before = seen.requests.length;

    await pressIn(dialog, 'Escape');
    await page.getByRole('heading', { name: 'Close without copying?' }).waitFor();
    await page.getByRole('button', { name: 'Back to the key' }).click();
    await page.getByRole('button', { name: /^Copy ?: Key/ }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await heading(page, 'Sign in').waitFor();
    await focused(page.getByLabel('Email'));
    assert.equal(seen.requests.length, before);
    await holdsNothing(page, context, key);
    await page.keyboard.press('ControlOrMeta+V');
    await becomes(() => page.getByLabel('Email').inputValue(), key);
    await enter(page, me);
    await page.getByRole('link', { name: 'signed out elsewhere' }).waitFor();
  },
);

visit(
  'a key that was not copied is there for a while when the session ends, and then is told to be lost',
  { refusals: [401] },
  async ({ page, context }) => {
    await context.clock.install();
    const me = await person();
    await signIn(page, me);
    const { key } = await generate(page, 'ended elsewhere');
    await settled(page);
    await ask('POST', `/admin/users/${me.id}/sign-out`, { credential: await admin(), content: {} });
    // The list behind it is read anew from time to time, which finds out.
    await context.clock.fastForward(31_000);
    await page.getByRole('alert').getByText('Your session has ended. Copy the key now').waitFor();
    assert.equal(await page.locator('pre').first().textContent(), key);

    await context.clock.fastForward(5 * 60_000);
    // The page behind has the same title, until the dialogue hides it.
    await page.getByRole('alertdialog').getByRole('heading', { name: 'The key is no longer shown' }).waitFor();
    await page.getByText('“ended elsewhere” was not copied').waitFor();
    await holdsNothing(page, context, key);
    await page.getByRole('button', { name: 'Sign in' }).press('Enter');
    await page.getByText('Your session has ended. Sign in again to go on.').waitFor();
  },
);

visit(
  'nothing closes a dialogue whose work is under way, and a late key is shown',
  {},
  async ({ page, visit: seen }) => {
    await signIn(page, await person());
    await page.getByRole('link', { name: 'Sessions' }).click();
    await heading(page, 'Sessions').waitFor();
    await page.getByRole('link', { name: 'API keys' }).click();
    await heading(page, 'API keys').waitFor();
    let answer;
    const held = new Promise((resolve) => (answer = resolve));
    await page.route('**/api-keys', async (route) => {
      if (route.request().method() === 'POST') await held;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Generate new key' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('late');
    await page.getByRole('button', { name: 'Generate key' }).click();
    await page.getByRole('dialog').getByRole('img', { name: 'Loading…' }).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Cancel' }).isDisabled());
    await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    await page.goBack();
    await page.getByRole('heading', { name: 'Generate new key' }).waitFor();
    // Loaded anew, the page would never show it.
    seen.mayAsk = true;
    await page.evaluate(() => setTimeout(() => window.location.reload()));
    await until('question', () => seen.asked === 1, 30);
    answer();
    await shown(page, 'late');
    await copyAndClose(page);
    await page.reload();
    await page.getByRole('link', { name: 'late', exact: true }).waitFor();
    assert.equal(seen.asked, 1);
  },
);

visit('a key is restricted, renamed and rotated', {}, async ({ page }) => {
  const me = await person({ spaces: [['my-space', 'editor']] });
  await signIn(page, me);
  await page.getByRole('button', { name: 'Generate new key' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('narrow');
  await page.getByText('Read-only: it may look').click();
  await page.getByText('Only some spaces').click();
  await page.getByRole('button', { name: 'Generate key' }).click();
  await page.getByText('Choose at least one space.').waitFor();
  await page.getByRole('group', { name: 'Spaces it may reach' }).getByText('My space').click();
  await page.getByRole('button', { name: 'Generate key' }).click();
  const { key: old } = await shown(page, 'narrow');
  await copyAndClose(page);
  await page.getByRole('row', { name: /narrow.*Read-only.*1 space/ }).waitFor();
  const products = '/catalog/spaces/my-space/products';
  assert.equal((await call('GET', products, { credential: old })).status, 200);
  const product = { name: 'no' };
  assert.equal((await call('POST', products, { credential: old, content: product })).status, 403);

  await choose(page, 'narrow', 'Rename');
  await page.getByRole('textbox', { name: 'Name' }).fill('narrow and renamed');
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await page.getByText('The key has another name.').waitFor();

  await choose(page, 'narrow and renamed', 'Rotate');
  await page.getByRole('button', { name: 'Rotate key' }).click();
  const { key: fresh } = await shown(page, 'narrow and renamed');
  await copyAndClose(page);
  await page.getByText('Old secret still works').waitFor();
  assert.notEqual(fresh, old);
  for (const credential of [old, fresh]) {
    assert.equal((await call('GET', products, { credential })).status, 200);
  }
});

visit('a key is made with the keyboard alone', {}, async ({ page, context }) => {
  const me = await person();
  await go(page);
  await focused(page.getByLabel('Email'));
  await page.keyboard.type(me.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(me.password);
  await page.keyboard.press('Enter');
  await heading(page, 'API keys').waitFor();
  await settled(page);

  await tabTo(page, 'Generate new key');
  await page.keyboard.press('Enter');
  await focused(page.getByRole('dialog').getByRole('textbox', { name: 'Name' }));
  await page.keyboard.type('by keyboard');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Copy the key “by keyboard” now' }).waitFor();
  secret(await page.locator('pre').first().textContent());
  await tabTo(page, /^Copy ?: Key/);
  await page.keyboard.press('Enter');
  await page.getByText('Copied', { exact: true }).waitFor();
  await pressIn(page.getByRole('dialog'), 'Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await settled(page);

  await tabTo(page, 'Actions for by keyboard');
  await page.keyboard.press('Enter');
  await pressIn(page.getByRole('menu'), 'End');
  await focused(page.getByRole('menuitem').last());
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Revoke “by keyboard”?' }).waitFor();
  await tabTo(page, 'Revoke key');
  await page.keyboard.press('Enter');
  await page.getByText('No API keys').waitFor();
  await page.getByRole('button', { name: 'See its calls' }).click();
  await page.getByText('This key is revoked').waitFor();
  await heading(page, 'by keyboard').waitFor();
  assert.equal(context.pages().length, 1);
});

const hasFocus = (place) => place.evaluate((it) => it === document.activeElement);
const focused = (place) => until('focus', () => hasFocus(place), 30);

/** Presses Tab until the button that is called so has the focus. */
async function tabTo(page, name) {
  const found = page.getByRole('button', { name, exact: true });
  await becomes(() => found.isEnabled(), true);
  for (let steps = 0; steps < 60; steps += 1) {
    if (await hasFocus(found)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the keyboard does not reach “${name}”`);
}

const hoursAgo = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString().slice(0, 13) + ':00:00Z';

visit('a key that is revoked elsewhere is told of as gone', { refusals: [404] }, async ({ page }) => {
  const me = await person();
  const credential = await logIn(me);
  const made = await ask('POST', '/api-keys', { credential, content: { name: 'elsewhere' } });
  secret(made.key);
  await signIn(page, me);
  await choose(page, 'elsewhere', 'Rename');
  await ask('DELETE', `/api-keys/${made.id}`, { credential });
  await page.getByRole('textbox', { name: 'Name' }).fill('too late');
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await page.getByRole('alert').getByText('This is no longer here.').waitFor();
});
