/** What administrators do in the browser. */
import assert from 'node:assert/strict';
import { heading, signIn, visit } from './support/browser.js';
import { call, demo, logIn, person } from './support/stack.js';

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

visit('the policy is read, and saved without a change', {}, async ({ page }) => {
  await signIn(page, demo('admin'), 'admin/policy');
  await heading(page, 'Security policy').waitFor();
  await page.getByRole('button', { name: 'Save the policy' }).click();
  await page.getByText('The policy holds.').waitFor();
});
