/** Service accounts in the browser: their keys' whole life, and their own. */
import assert from 'node:assert/strict';
import { heading, signIn, visit } from './support/browser.js';
import { choose, copyAndClose, generate, holdsNothing, shown } from './support/keys.js';
import { admin, ask, becomes, call, demo, person, secret, space, until } from './support/stack.js';

const SEEN = 'I have seen what has changed';
const statusOf = async (credential) => (await call('GET', '/users/me', { credential })).status;

/** A service account with a key, made elsewhere. */
async function account(name) {
  const credential = await admin();
  const made = await ask('POST', '/admin/service-accounts', { credential, content: { name } });
  const path = `/admin/service-accounts/${made.id}`;
  const { key } = await ask('POST', `${path}/api-keys`, { credential, content: { name: 'export' } });
  return { ...made, path, key: secret(key) };
}

/** A name that no other test's account has. */
const unique = async (name) => `${name} ${(await person()).id}`;

visit('an account gets a key, which is rotated, watched and revoked', {}, async ({ page, context }) => {
  const name = await unique('Nightly');
  await signIn(page, demo('admin'), 'admin/service-accounts');
  await heading(page, 'Service accounts').waitFor();
  await page.getByRole('button', { name: 'Add service account' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('dialog').getByRole('button', { name: 'Add service account' }).click();
  await page.getByRole('link', { name }).click();
  await heading(page, name).waitFor();
  await page.getByText('No API keys').waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1);

  const { key: old } = await generate(page, 'export');
  await copyAndClose(page);
  await holdsNothing(page, context, old);
  const me = await call('GET', '/users/me', { credential: old });
  assert.equal(me.status, 200);
  assert.deepEqual([me.content.id, me.content.name], [id, name]);

  await choose(page, 'export', 'Rotate');
  await page.getByRole('button', { name: /The old secret works$/ }).click();
  await page.getByRole('option', { name: 'For 1 hour' }).click();
  await page.getByRole('button', { name: 'Rotate key' }).click();
  const { key } = await shown(page, 'export');
  await copyAndClose(page);
  await page.getByText('Old secret still works').waitFor();
  assert.notEqual(key, old);
  assert.deepEqual([await statusOf(old), await statusOf(key)], [200, 200]);

  await choose(page, 'export', 'Rename');
  await page.getByRole('textbox', { name: 'Name' }).fill('nightly export');
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await page.getByRole('link', { name: 'nightly export' }).click();
  await heading(page, 'nightly export').waitFor();
  const usage = `/admin/service-accounts/${id}/api-keys/${new URL(page.url()).pathname.split('/').at(-1)}/usage`;
  await until('count of three calls', async () => {
    const { usage: counted } = await ask('GET', usage, { credential: await admin() });
    return counted.reduce((sum, entry) => sum + entry.allowed, 0) === 3;
  });
  await page.reload();
  await page.getByRole('row', { name: /\/users\/me 3$/ }).waitFor();
  await holdsNothing(page, context, key);

  await choose(page, 'nightly export', 'Revoke');
  await page.getByText('It was last used').waitFor();
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText('This key is revoked').waitFor();
  await heading(page, 'nightly export').waitFor();
  await page.getByRole('link', { name, exact: true }).click();
  await heading(page, name).waitFor();
  await page.getByText('No API keys').waitFor();
  assert.deepEqual([await statusOf(old), await statusOf(key)], [401, 401]);
});

visit('an account is renamed, disabled, enabled and deleted', {}, async ({ page }) => {
  const { id, key, path, name: first } = await account(await unique('Dashboard'));
  await signIn(page, demo('admin'), `admin/service-accounts/${id}`);
  await heading(page, first).waitFor();
  await page.getByRole('link', { name: 'export' }).waitFor();
  await choose(page, first, 'Rename');
  const name = `${first} renamed`;
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await heading(page, name).waitFor();

  await choose(page, name, 'Disable');
  const dialog = page.getByRole('alertdialog');
  await dialog.getByText('1 live key stops:').waitFor();
  await dialog.getByRole('listitem').getByText('export').waitFor();
  // A key that was made since then: nothing is done before somebody has seen it.
  const add = async (content) => {
    const made = await ask('POST', `${path}/api-keys`, { credential: await admin(), content });
    return secret(made.key);
  };
  await add({ name: 'just made' });
  await dialog.getByRole('button', { name: 'Disable account' }).click();
  await dialog.getByText('Its keys have changed in the meantime, and nothing is disabled yet').waitFor();
  await dialog.getByText('2 live keys stop:').waitFor();
  await dialog.getByRole('listitem').getByText('just made').waitFor();
  assert.equal(await statusOf(key), 200);
  await dialog.getByText(SEEN).click();
  await dialog.getByRole('button', { name: 'Disable account' }).click();
  await page.getByText('This account is disabled.').waitFor();
  assert.equal(await statusOf(key), 401);
  await becomes(() => page.getByRole('button', { name: 'Generate new key' }).isDisabled(), true);

  await choose(page, name, 'Enable');
  await page.getByRole('button', { name: 'Enable account' }).click();
  await page.getByText('This account is disabled.').waitFor({ state: 'detached' });
  assert.equal(await statusOf(key), 200);

  await choose(page, name, 'Delete');
  await dialog.getByText('2 live keys are refused').waitFor();
  const remove = dialog.getByRole('button', { name: 'Delete account' });
  assert.ok(await remove.isDisabled());
  await dialog.getByRole('textbox', { name: `Type ${id} to confirm` }).fill(id);
  await add({ name: 'later still' });
  await remove.click();
  await dialog.getByText('Its keys have changed in the meantime, and nothing is deleted yet').waitFor();
  await dialog.getByText('3 live keys are refused').waitFor();
  await dialog.getByText('later still').waitFor();
  assert.equal(await statusOf(key), 200);
  await dialog.getByText(SEEN).click();
  await remove.click();
  await heading(page, 'Service accounts').waitFor();
  await page.getByRole('link', { name, exact: true }).waitFor({ state: 'detached' });
  assert.equal(await statusOf(key), 401);
  const credential = await admin();
  assert.equal((await call('GET', `/admin/service-accounts/${id}`, { credential })).status, 404);
});

visit('an account of the list is made an administrator', {}, async ({ page }) => {
  const { name, key } = await account(await unique('Robot'));
  const role = async () => (await ask('GET', '/users/me', { credential: key })).organization.role;
  await signIn(page, demo('admin'), 'admin/service-accounts');
  await choose(page, name, 'Make an administrator');
  await page.getByText('Its keys are Admin in every space').waitFor();
  await page.getByRole('button', { name: 'Make an administrator' }).click();
  await page.getByText('The role is changed.').waitFor();
  assert.equal(await role(), 'admin');
  await choose(page, name, 'Make a member');
  await page.getByRole('button', { name: 'Make a member' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await role(), 'member');
});

visit(
  'a key for a space that the account is not in is refused, and why',
  { refusals: [422] },
  async ({ page }) => {
    const { id } = await account(await unique('Outsider'));
    const slug = await space(await unique('Elsewhere'));
    const { name } = await ask('GET', `/admin/spaces/${slug}`, { credential: await admin() });
    await signIn(page, demo('admin'), `admin/service-accounts/${id}`);
    await page.getByRole('button', { name: 'Generate new key' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('too far');
    await page.getByText('Only some spaces').click();
    await page.getByText('The account has to be a member of each of them').waitFor();
    await page.getByRole('group', { name: 'Spaces it may reach' }).getByText(name).click();
    await page.getByRole('button', { name: 'Generate key' }).click();
    await page.getByRole('alert').getByText('spaces').waitFor();
  },
);

visit('an account that is gone is told of as gone', { refusals: [404] }, async ({ page }) => {
  const { id, path } = await account(await unique('Gone'));
  await ask('DELETE', path, { credential: await admin() });
  await signIn(page, demo('admin'), `admin/service-accounts/${id}`);
  await page.getByRole('alert').getByText('This is no longer here.').waitFor();
});
