/**
 * Every screen, and how it is reached. Those of the navigation are taken from it: a new one is judged unasked. Others
 * are named here.
 */
import { go, heading, settled, signIn } from './browser.js';

/** Those of somebody who is not signed in: [name, address, heading]. */
export const GATES = [
  ['sign-in', '', 'Sign in'],
  ['forgot', 'forgot', 'Reset your password'],
  ['reset', 'reset#token=abcdef', 'Set a new password'],
  ['reset-without-link', 'reset', 'Set a new password'],
];

/** Those of an administrator that no link of the navigation leads to. */
const UNLINKED = ['admin/users/import'];

/**
 * Opens each screen that `who` has a link to, then a missing one, then those that are `within` a screen ([name, address]),
 * and hands it over: its name, and the page.
 */
export async function eachScreen(page, who, look, within = []) {
  await signIn(page, who);
  await settled(page);
  const base = await page.evaluate(() => document.baseURI);
  const links = await page
    .getByRole('navigation')
    .getByRole('link')
    .evaluateAll((all) => all.map((link) => link.href));
  const paths = [...new Set(links)].map((link) => link.slice(base.length));
  const unlinked = paths.includes('admin/usage') ? UNLINKED : [];
  const named = [...paths, ...unlinked, 'settings/nowhere'].map((path) => [path.replaceAll('/', '-'), path]);
  for (const [name, path] of [...named, ...within]) {
    await go(page, path);
    await settled(page);
    await look(name, page);
  }
  if (unlinked.length > 0) await keyOfSomebody(page, look);
  return paths;
}

/** The most called key of the organization, if one was called. */
async function keyOfSomebody(page, look) {
  await go(page, 'admin/usage');
  await settled(page);
  const keys = page.getByRole('table', { name: 'Calls by' }).locator('a[href*="/api-keys/"]');
  if ((await keys.count()) === 0) return;
  await keys.first().click();
  await page.getByRole('heading', { level: 2, name: 'About this key' }).waitFor();
  await settled(page);
  await look('admin-key', page);
}

/** Opens each screen of `GATES` and hands it over. */
export async function eachGate(page, look) {
  for (const [name, path, title] of GATES) {
    // A fragment alone is no new page.
    await page.goto('about:blank');
    await go(page, path);
    await heading(page, title).waitFor();
    await look(name, page);
  }
}
