/** What administrators do in the browser. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { go, heading, settled, signIn, visit } from './support/browser.js';
import { ask, becomes, call, demo, logIn, person, secret } from './support/stack.js';

visit('a space is made, and who is in it is decided', {}, async ({ page }) => {
  const somebody = await person({ name: 'Sam Somebody' });
  const credential = await logIn(somebody);
  const slug = `s-${somebody.id.slice(4).toLowerCase()}`;
  const name = `Space of ${slug}`;
  const products = async () => (await call('GET', `/catalog/spaces/${slug}/products`, { credential })).status;
  await signIn(page, demo('admin'), 'admin/spaces');
  await heading(page, 'Spaces').waitFor();
  await page.getByRole('button', { name: 'Add space' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await page.getByRole('textbox', { name: 'Name in paths' }).fill(slug);
  await page.getByRole('dialog').getByRole('button', { name: 'Add space' }).click();
  await heading(page, name).waitFor();
  await page.getByText('Nobody is a member yet').waitFor();
  assert.equal(await products(), 403);

  await page.getByRole('button', { name: 'Add member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /^Find a person/ }).fill(somebody.email);
  await dialog.locator('.choice').filter({ hasText: somebody.email }).click();
  await dialog.getByRole('button', { name: 'Add member' }).click();
  await page.getByRole('cell', { name: /^Sam Somebody/ }).waitFor();
  assert.equal(await products(), 200);

  await page.getByRole('button', { name: 'Actions for Sam Somebody' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove member' }).click();
  await page.getByText('Nobody is a member yet').waitFor();
  assert.equal(await products(), 403);

  // It goes once its name in paths is typed, and not before.
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Delete space' }).click();
  const asks = page.getByRole('alertdialog');
  const goes = asks.getByRole('button', { name: 'Delete space' });
  assert.ok(await goes.isDisabled());
  await asks.getByRole('textbox', { name: `Type ${slug} to confirm` }).fill(slug);
  await goes.click();
  await heading(page, 'Spaces').waitFor();
  await page.getByRole('link', { name }).waitFor({ state: 'detached' });
  const { status } = await call('GET', `/admin/spaces/${slug}`, { credential: await logIn(demo('admin')) });
  assert.equal(status, 404);
});

visit('a change is found in the audit log, and exported', {}, async ({ page }) => {
  const somebody = await person({ name: 'Rita Recorded' });
  await signIn(page, demo('admin'), 'admin/audit');
  await heading(page, 'Audit log').waitFor();
  await page.getByRole('textbox', { name: /^To what/ }).fill(somebody.email);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('button', { name: 'Clear' }).waitFor();
  await settled(page);
  await becomes(() => page.getByRole('button', { name: 'User made' }).count(), 1, 'one user is asked about');
  await page.getByRole('button', { name: 'User made' }).click();
  const event = page.getByRole('dialog');
  await event.getByText('Rita Recorded').first().waitFor();
  await event.getByText(somebody.email).first().waitFor();
  await event.getByRole('button', { name: 'Close' }).last().click();

  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('dialog').getByRole('button', { name: 'Export' }).click(),
  ]);
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\n');
  const events = lines.map((line) => JSON.parse(line));
  assert.ok(events.some(({ action }) => action === 'user.created'));
  assert.deepEqual(new Set(events.map(({ target }) => target)), new Set([somebody.id]));
});

visit('a change of the policy says what it does, and holds once that is accepted', {}, async ({ page }) => {
  const credential = await logIn(demo('admin'));
  const lifetime = async () => (await ask('GET', '/admin/policy', { credential })).session_seconds;
  const before = await lifetime();
  const minutes = before / 60;
  await signIn(page, demo('admin'), 'admin/policy');
  await heading(page, 'Security policy').waitFor();
  const field = page.getByRole('textbox', { name: 'An access token holds', exact: true });
  const review = page.getByRole('button', { name: 'Review changes' });
  assert.ok(await review.isDisabled(), 'nothing is changed yet');

  await field.fill('4');
  await review.click();
  await page.getByText('From 5 minutes to 1 hour.').last().waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0, 'what is wrong is not reviewed');

  await field.fill(String(minutes + 1));
  await review.click();
  await page.getByText(`New access tokens hold for ${minutes + 1} minutes`).waitFor();
  assert.equal(await lifetime(), before, 'a review changes nothing');
  await page.getByRole('dialog').getByRole('button', { name: 'Change policy' }).click();
  await page.getByText('The security policy is changed.').waitFor();
  assert.equal(await lifetime(), before + 60);

  await page.getByText('Nothing is changed.').waitFor();
  await becomes(() => field.inputValue(), String(minutes + 1));
  await field.fill(String(minutes));
  await review.click();
  await page.getByText(`Access tokens that are older than ${minutes} minutes are refused`).waitFor();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Change policy' }).click();
  await page.getByText('Nothing is changed.').waitFor();
  assert.equal(await lifetime(), before);
});
