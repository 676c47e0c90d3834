/** What administrators do in the browser. */
import assert from 'node:assert/strict';
import { go, heading, signIn, visit } from './support/browser.js';
import { ask, call, demo, logIn, person, secret } from './support/stack.js';

visit('somebody leaves, and the pipeline goes on', {}, async ({ page }) => {
  const leaver = await person({ name: 'Lena Leaver' });
  const credential = await logIn(leaver);
  const { key } = await ask('POST', '/api-keys', { credential, content: { name: 'deployment' } });
  secret(key);
  const account = `Deployments of ${leaver.id}`;

  await signIn(page, demo('admin'));
  await heading(page, 'API keys').waitFor();
  await page.getByRole('link', { name: 'Service accounts' }).click();
  await heading(page, 'Service accounts').waitFor();
  await page.getByRole('button', { name: 'Add service account' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill(account);
  await page.getByRole('dialog').getByRole('button', { name: 'Add service account' }).click();
  await page.getByRole('cell', { name: account }).waitFor();

  // What stops with her, and how it does not.
  await go(page, `admin/users/${leaver.id}`);
  await heading(page, 'Lena Leaver').waitFor();
  await page.getByRole('cell', { name: /^deployment/ }).waitFor();
  await page.getByRole('button', { name: 'Move to a service account' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /Service account/ }).click();
  await page.getByRole('option', { name: account }).click();
  await dialog.getByRole('button', { name: 'Move to a service account' }).click();
  await page.getByText('No API key stops').waitFor();
  await page.getByRole('button', { name: 'Disable user' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disable user' }).click();
  await heading(page, 'Users').waitFor();

  const goesOn = await call('GET', '/users/me', { credential: key });
  assert.equal(goesOn.status, 200);
  assert.equal(goesOn.content.name, account);
  assert.equal((await call('GET', '/users/me', { credential })).status, 401);
});

visit('a person is added, and gets the way to a password', {}, async ({ page }) => {
  const { email } = await person({ name: 'Nora Neighbour' });
  await signIn(page, demo('admin'), 'admin/users');
  await heading(page, 'Users').waitFor();
  await page.getByRole('button', { name: 'Add user' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Nils New');
  const address = `new-${email}`;
  await page.getByRole('textbox', { name: 'Email' }).fill(address);
  await page.getByRole('dialog').getByRole('button', { name: 'Add user' }).click();
  await page.getByRole('heading', { name: 'A password for Nils New' }).waitFor();
  await page.getByText(`A mail with a link is on its way to ${address}.`).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText(address).waitFor();
});

visit('a space is made, and who is in it is decided', {}, async ({ page }) => {
  const somebody = await person({ name: 'Sam Somebody' });
  const credential = await logIn(somebody);
  const slug = `s-${somebody.id.slice(4).toLowerCase()}`;
  const products = () => call('GET', `/catalog/spaces/${slug}/products`, { credential });
  await signIn(page, demo('admin'), 'admin/spaces');
  await heading(page, 'Spaces').waitFor();
  await page.getByRole('button', { name: 'Add space' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(`Space of ${slug}`);
  await page.getByRole('textbox', { name: 'Name in paths' }).fill(slug);
  await page.getByRole('dialog').getByRole('button', { name: 'Add space' }).click();
  await page.getByRole('link', { name: `Space of ${slug}` }).click();
  await heading(page, `Space of ${slug}`).waitFor();
  assert.equal((await products()).status, 403);

  await page.getByRole('button', { name: 'Add member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /^.*Who/ }).click();
  await page.getByRole('option', { name: `Sam Somebody (${somebody.email})` }).click();
  await dialog.getByRole('button', { name: 'Add member' }).click();
  await page.getByRole('cell', { name: /^Sam Somebody/ }).waitFor();
  assert.equal((await products()).status, 200);

  await page.getByRole('button', { name: 'Actions for Sam Somebody' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('Nobody is a member yet').waitFor();
  assert.equal((await products()).status, 403);

  // Both changes are on record.
  await page.getByRole('link', { name: 'Audit log' }).click();
  await heading(page, 'Audit log').waitFor();
  await page.getByRole('textbox', { name: 'What' }).fill(somebody.id);
  await page.getByRole('button', { name: 'Show' }).click();
  await page
    .getByRole('cell', { name: /^member\./ })
    .first()
    .waitFor();
});

visit('the policy is read, and without a change there is nothing to save', {}, async ({ page }) => {
  await signIn(page, demo('admin'), 'admin/policy');
  await heading(page, 'Security policy').waitFor();
  await page.getByText('Nothing is changed.').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Review changes' }).isDisabled());
});
