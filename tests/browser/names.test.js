/** Names that people chose to do harm: of keys, spaces and service accounts, wherever they show. */
import assert from 'node:assert/strict';
import { go, heading, opened, settled, signIn, visit } from './support/browser.js';
import { fits, hostileNames, isShown, isText, TURNING } from './support/judge.js';
import { ask, becomes, call, counted, logIn, person, secret, space } from './support/stack.js';

const NARROW = { viewport: { width: 360, height: 740 } };

/** That each of the names shows as text in what is open now. */
async function judge(page, names, where) {
  for (const name of [names].flat()) await isShown(page, name, where);
  await isText(page, where);
  await fits(page, where);
}

/** Makes a key for each name; answers them with the session that made them. */
async function keysOf(me, names) {
  const credential = await logIn(me);
  const keys = [];
  for (const name of names) {
    const made = await ask('POST', '/api-keys', { credential, content: { name } });
    secret(made.key);
    keys.push(made);
  }
  return { keys, credential };
}

async function openMenu(page, name, item) {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click();
  await page.getByRole('menuitem', { name: item }).click();
  await opened(page);
  await settled(page);
}

visit('keys: in the list, in detail, in dialogues and toasts', { window: NARROW }, async ({ page }) => {
  const me = await person();
  const names = Object.values(hostileNames(100)).map((name) => name.trim());
  await keysOf(me, names);
  await signIn(page, me);
  await settled(page);
  await judge(page, names, 'the list of keys');
  for (const name of names) {
    await page.getByRole('link', { name, exact: true }).click();
    await heading(page, name).waitFor();
    await settled(page);
    await judge(page, name, 'a key');
    await becomes(() => page.title(), `${name.replaceAll(/\s+/g, ' ')} · Qarion`);
    await openMenu(page, name, 'Rotate');
    await judge(page, name, 'the dialogue to rotate');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await openMenu(page, name, 'Revoke');
    await judge(page, name, 'the dialogue to revoke');
    await page.getByRole('button', { name: 'Revoke key' }).click();
    await page.getByText(`“${name}” is revoked.`).waitFor();
    await judge(page, name, 'the toast');
    await page.getByRole('button', { name: 'Dismiss' }).first().click();
    await page.getByRole('link', { name: 'All keys' }).click();
  }
});

visit(
  'keys: in the usage of an organization, and as somebody else’s',
  { window: NARROW },
  async ({ page }) => {
    const me = await person({ role: 'admin', name: hostileNames().markup });
    const names = Object.values(hostileNames(100)).map((name) => name.trim());
    const { keys, credential } = await keysOf(me, names);
    for (const { key } of keys) await ask('GET', '/users/me', { credential: key });
    for (const key of keys) await counted(key, credential);
    await signIn(page, me, 'admin/usage');
    await settled(page);
    await judge(page, names, 'the usage');
    for (const [at, key] of keys.entries()) {
      await go(page, `admin/users/${me.id}/api-keys/${key.id}`);
      await heading(page, names[at]).waitFor();
      await settled(page);
      await judge(page, names[at], 'a key of somebody');
    }
  },
);

visit('spaces: in the list, in detail, in dialogues and toasts', { window: NARROW }, async ({ page }) => {
  const names = Object.values(hostileNames()).map((name) => name.trim());
  const slugs = [];
  for (const name of names) slugs.push(await space(name));
  const me = await person({ role: 'admin' });
  await signIn(page, me, 'admin/spaces');
  await settled(page);
  await judge(page, names, 'the list of spaces');
  for (const [at, name] of names.entries()) {
    const slug = slugs[at];
    await go(page, `admin/spaces/${slug}`);
    await heading(page, name).waitFor();
    await settled(page);
    await judge(page, name, 'a space');
    await openMenu(page, name, 'Delete space');
    await judge(page, name, 'the dialogue to delete');
    await page.getByRole('textbox').fill(slug);
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete space' }).click();
    await page.getByText(`${name} is deleted.`).waitFor();
    await judge(page, name, 'the toast');
  }
});

visit('service accounts: in the list, and as the owner of a key', { window: NARROW }, async ({ page }) => {
  const me = await person({ role: 'admin' });
  const credential = await logIn(me);
  const names = Object.values(hostileNames(100)).map((name) => name.trim());
  const keys = [];
  for (const name of names) {
    const { id } = await ask('POST', '/admin/service-accounts', { credential, content: { name } });
    const path = `/admin/service-accounts/${id}/api-keys`;
    const made = await ask('POST', path, { credential, content: { name } });
    secret(made.key);
    keys.push(`admin/service-accounts/${id}/api-keys/${made.id}`);
  }
  await signIn(page, me, 'admin/service-accounts');
  await settled(page);
  await judge(page, names, 'the list of service accounts');
  for (const [at, path] of keys.entries()) {
    await go(page, path);
    await heading(page, names[at]).waitFor();
    await settled(page);
    await judge(page, names[at], 'a key of a service account');
    await page.getByRole('link', { name: names[at], exact: true }).waitFor();
  }
});

visit('a name that turns around what stands behind it is refused, and told so', {}, async ({ page }) => {
  const me = await person({ role: 'admin' });
  const credential = await logIn(me);
  for (const [path, content] of [
    ['/api-keys', { name: TURNING }],
    ['/admin/spaces', { name: TURNING, slug: `t-${me.id.slice(4).toLowerCase()}` }],
    ['/admin/service-accounts', { name: TURNING }],
  ]) {
    assert.equal((await call('POST', path, { credential, content })).status, 422, path);
  }
  await signIn(page, me);
  await page.getByRole('button', { name: 'Generate new key' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill(TURNING);
  await page.getByRole('button', { name: 'Generate key' }).click();
  await page.getByText('Write it in one line, of characters that can be seen.').waitFor();
});

visit('and turns nothing, where one is there all the same', { window: NARROW }, async ({ page }) => {
  const me = await person({ role: 'admin' });
  const { keys, credential } = await keysOf(me, ['report']);
  const slug = await space('report');
  await ask('POST', '/admin/service-accounts', { credential, content: { name: 'report' } });
  // No name of this kind is taken: it stands in the answers in place of each.
  const turned = async (path) =>
    JSON.parse(JSON.stringify(await ask('GET', path, { credential })), (key, value) =>
      key === 'name' ? TURNING : value,
    );
  const lists = ['/api-keys', '/admin/spaces', `/admin/spaces/${slug}`, '/admin/service-accounts'];
  for (const path of lists) {
    const isMine = (url) => url.pathname.endsWith(path) && !url.pathname.includes('/console/');
    await page.route(isMine, async (route) => {
      if (route.request().method() === 'GET') {
        const { search } = new URL(route.request().url());
        await route.fulfill({ json: await turned(path + search) });
      } else await route.continue();
    });
  }
  await signIn(page, me);
  for (const path of [
    'settings/api-keys',
    `settings/api-keys/${keys[0].id}`,
    'admin/spaces',
    `admin/spaces/${slug}`,
    'admin/service-accounts',
  ]) {
    await go(page, path);
    await settled(page);
    await judge(page, TURNING, path);
  }
});
