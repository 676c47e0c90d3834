/** Every screen in both themes and on a narrow window, filled with names that are hard to show. */
import assert from 'node:assert/strict';
import { heading, opened, settled, signIn, visit } from './support/browser.js';
import { COLOURS, fits, hostileNames, isAccessible, isStill, isText } from './support/judge.js';
import { eachGate, eachScreen } from './support/screens.js';
import { ask, becomes, logIn, person, secret, space, until } from './support/stack.js';

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 360, height: 740 };
/** A narrow window has other things to show, another theme only other colours. */
const LOOKS = [
  [WIDE, 'light', undefined],
  [WIDE, 'dark', COLOURS],
  [NARROW, 'light', undefined],
];

/** An admin of hostile name in hostile spaces, with a hostile key of each kind. */
async function hostileAdmin() {
  const names = hostileNames();
  const spaces = [];
  for (const name of Object.values(names)) spaces.push([await space(name), 'editor']);
  const me = await person({ name: names.markup, role: 'admin', spaces });
  for (const name of Object.values(names)) await person({ name, spaces: spaces.slice(0, 1) });
  const credential = await logIn(me);
  const keys = [];
  for (const name of Object.values(hostileNames(100))) {
    const content = {
      name,
      spaces: spaces.map(([slug]) => slug),
      allowed_addresses: ['10.0.0.0/8', '127.0.0.0/8'],
    };
    const made = await ask('POST', '/api-keys', { credential, content });
    secret(made.key);
    keys.push(made);
  }
  await ask('GET', '/users/me', { credential: keys[0].key });
  const accounts = '/admin/service-accounts';
  let account;
  for (const name of Object.values(names)) {
    account = await ask('POST', accounts, { credential, content: { name } });
  }
  return { ...me, account, within: await withKeys(`${accounts}/${account.id}`, credential) };
}

/** Keys of hostile name for a service account; answers its pages: its own, and that of a key that was used. */
async function withKeys(account, credential) {
  const keys = [];
  for (const name of Object.values(hostileNames(100))) {
    const key = await ask('POST', `${account}/api-keys`, { credential, content: { name, read_only: true } });
    secret(key.key);
    keys.push(key);
  }
  await ask('GET', '/users/me', { credential: keys[0].key });
  return [
    ['a service account', account.slice(1)],
    ['a key of a service account', `${account.slice(1)}/api-keys/${keys[0].id}`],
  ];
}

async function judge(where, page) {
  for (const [window, colorScheme, rules] of LOOKS) {
    await page.setViewportSize(window);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await isAccessible(page, `${where}, ${colorScheme}, ${window.width}`, rules);
    await fits(page, where);
  }
  await isText(page, where);
  await page.setViewportSize(WIDE);
}

visit('every screen before signing in is accessible and fits', {}, async ({ page }) => {
  await eachGate(page, judge);
});

visit(
  'every screen of an admin is accessible, fits, and shows hostile names as text',
  {},
  async ({ page }) => {
    const me = await hostileAdmin();
    const paths = await eachScreen(page, me, judge, me.within);
    assert.ok(paths.includes('settings/api-keys'), paths.join());
  },
);

visit('what opens over a page is accessible and fits', {}, async ({ page }) => {
  const me = await hostileAdmin();
  const [name] = Object.values(hostileNames(100));
  await signIn(page, me);
  await page.getByRole('link', { name, exact: true }).click();
  await heading(page, name).waitFor();
  await settled(page);
  await judge('a key', page);
  for (const [action, button] of [
    ['Rename', 'Cancel'],
    ['Rotate', 'Cancel'],
    ['Revoke', 'Cancel'],
  ]) {
    await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click();
    await page.getByRole('menuitem', { name: action }).click();
    const dialog = await opened(page);
    await settled(page);
    await judge(action, page);
    await page.getByRole('button', { name: button }).click();
    await dialog.waitFor({ state: 'detached' });
  }
  await page.getByRole('link', { name: 'API keys', exact: true }).click();
  await page.getByRole('button', { name: 'Generate new key' }).click();
  await page.getByText('Only some spaces').click();
  await page.getByRole('button', { name: 'Generate key' }).click();
  await page.getByText('Choose at least one space.').waitFor();
  await judge('a new key, with what is wrong', page);
  await page.getByText('Everything that you may do').click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: 'Generate key' }).click();
  await page.getByRole('heading', { name: /^Copy the key/ }).waitFor();
  secret(await page.locator('pre').first().textContent());
  await judge('a key that is shown', page);
});

visit('what opens over a service account is accessible and fits', {}, async ({ page }) => {
  const me = await hostileAdmin();
  const { id, name } = me.account;
  await signIn(page, me, `admin/service-accounts/${id}`);
  await heading(page, name).waitFor();
  await settled(page);
  for (const action of ['Rename', 'Make an administrator', 'Disable', 'Delete']) {
    await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
    const dialog = await opened(page);
    await settled(page);
    await judge(action, page);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
  }
});

visit(
  'the menu of a narrow window is accessible and leads on',
  { window: { viewport: NARROW } },
  async ({ page }) => {
    await signIn(page, await hostileAdmin());
    await settled(page);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('dialog', { name: 'Menu' }).waitFor();
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await isAccessible(page, colorScheme);
    }
    await fits(page, 'the menu');
    await page.getByRole('link', { name: 'Profile' }).click();
    await heading(page, 'Profile').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  },
);

visit('a theme that is chosen stays', {}, async ({ page }) => {
  const me = await person({ name: 'Thea Theme' });
  await signIn(page, me);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole('button', { name: /Thea Theme/ }).click();
  await page.getByRole('menuitem', { name: 'Theme: Dark' }).click();
  await until('dark ground', async () => (await ground()) !== light, 30);
  await isStill(page);
  const dark = await ground();
  await page.reload();
  await settled(page);
  await becomes(ground, dark);
});

visit('a person changes their name', {}, async ({ page }) => {
  const me = await person();
  const { rightToLeft } = hostileNames();
  await signIn(page, me, 'settings/profile');
  await page.getByRole('textbox', { name: 'Name' }).fill(rightToLeft);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Your name is changed.').waitFor();
  await page.locator('.account').getByText(rightToLeft.trim(), { exact: true }).waitFor();
  assert.equal((await ask('GET', '/users/me', { credential: await logIn(me) })).name, rightToLeft.trim());
});
