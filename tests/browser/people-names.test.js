/** Names of people that are hard to show, wherever an administrator sees them. */
import assert from 'node:assert/strict';
import { go, opened, settled, signIn, visit } from './support/browser.js';
import { fits, hostileNames, isAccessible, isText } from './support/judge.js';
import { admin, ask, becomes, call, consoleUrl, demo, person, space } from './support/stack.js';

/** Has the browser read something else than what the API answers. */
const altered = (page, change) =>
  page.route('**', async (route) => {
    const request = route.request();
    if (request.resourceType() !== 'fetch' || request.method() !== 'GET') return route.fallback();
    const { pathname, search } = new URL(request.url());
    const path = pathname.replace(new URL(consoleUrl).pathname.replace(/\/console$/, ''), '') + search;
    const credential = (await request.headerValue('Authorization'))?.replace('Bearer ', '');
    const { status, text } = await call('GET', path, { credential });
    return route.fulfill({ status, contentType: 'application/json', body: change(text) });
  });

visit('hostile names of users are text wherever they stand', {}, async ({ page }) => {
  const slug = await space('Hostile');
  // The API takes no name that turns its surroundings around; one that is stored all the same does no harm.
  const turned = '\u202Etxt.exe\u202E gpj.\u2066';
  const names = { ...hostileNames(), turned };
  await signIn(page, demo('admin'));
  for (const [kind, name] of Object.entries(names)) {
    const somebody = await person({
      name: kind === 'turned' ? 'Tom Turned' : name,
      spaces: [[slug, 'viewer']],
    });
    if (kind === 'turned') await altered(page, (text) => text.replaceAll('Tom Turned', turned));
    const looked = async (where) => {
      await settled(page);
      await isText(page, `${kind} ${where}`);
      for (const colorScheme of kind === 'markup' ? ['dark', 'light'] : []) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await isAccessible(page, `${kind} ${where}, ${colorScheme}`);
      }
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 900 });
        await fits(page, `${kind} ${where}`);
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    };
    await go(page, `admin/users?email=${somebody.email}`);
    const link = page.getByRole('row').getByRole('link');
    await becomes(async () => (await link.allTextContents()).map((text) => text.trim()), [name.trim()]);
    await looked('in the list');
    await link.click();
    await page.getByRole('region', { name: 'About this user' }).waitFor();
    await becomes(async () => (await page.locator('h1').textContent()).trim(), name.trim());
    await looked('on its page');
    await page.getByRole('button', { name: 'Disable user' }).click();
    await opened(page);
    await looked('when it is disabled');
    await page.getByRole('button', { name: 'Cancel' }).click();

    const other = await person({ name: kind === 'turned' ? 'Tom Turned' : name });
    await go(page, `admin/spaces/${slug}`);
    await page.getByRole('button', { name: 'Add member' }).click();
    await page.getByRole('textbox', { name: 'Find a person or service account' }).fill(other.email);
    await page.locator('.choice').filter({ hasText: other.email }).click();
    await looked('in the dialogue of a member');
    await page.getByRole('dialog').getByRole('button', { name: 'Add member' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const roles = await ask('GET', `/spaces/${slug}/members`, { credential: await admin() });
    assert.ok(roles.members.some(({ user }) => user.id === other.id));
  }
});
