/** Pictures of the screens for the README, into `docs/screenshots`: the demo as `cargo xtask up` makes it. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { browser, go, heading, settled, signIn, watch } from './support/browser.js';
import { admin, ask, demo, secret } from './support/stack.js';
import { eachGate, eachScreen } from './support/screens.js';

const directory = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
mkdirSync(directory, { recursive: true });
/** Those that the README shows. The keys are the editor's, who has some. */
const SHOWN = [
  'sign-in',
  'api-keys',
  'key-shown',
  'key-dark',
  'settings-sessions',
  'admin-users',
  'admin-user',
  'admin-service-account',
  'admin-spaces',
  'admin-usage',
  'admin-audit',
  'admin-policy',
];
const options = { viewport: { width: 1200, height: 760 }, reducedMotion: 'reduce', locale: 'en-US' };

async function look(name, page) {
  if (!SHOWN.includes(name)) return;
  await page.screenshot({ path: `${directory}${name}.png` });
  console.log(`${name}.png`);
}

const chromium = await browser();
const page = await chromium.newPage(options);
watch(page.context());
page.setDefaultTimeout(30_000);
await eachGate(page, look);
const credential = await admin();
const { service_accounts: accounts } = await ask('GET', '/admin/service-accounts', { credential });
const pipeline = accounts.find(({ name }) => name === 'Deployment pipeline');
const { users } = await ask('GET', '/admin/users', { credential });
const editor = users.find(({ email }) => email === demo('editor').email);
await eachScreen(page, demo('admin'), look, [
  ['admin-service-account', `admin/service-accounts/${pipeline.id}`],
  ['admin-user', `admin/users/${editor.id}`],
]);

// A key as it is shown once. The picture has one that no system would take.
await go(page);
await page.getByRole('button', { name: 'Generate new key' }).click();
await page.getByRole('textbox', { name: 'Name' }).fill('nightly report');
await page.getByRole('button', { name: 'Generate key' }).click();
await page.getByRole('heading', { name: /^Copy the key/ }).waitFor();
const key = secret(await page.locator('pre').first().textContent());
await page.locator('pre').evaluateAll((all, key) => {
  for (const one of all)
    one.textContent = one.textContent.replace(key, `${key.slice(0, 7)}${'0'.repeat(20)}…`);
}, key);
await look('key-shown', page);
await page.close();

const dark = await chromium.newPage({ ...options, colorScheme: 'dark' });
watch(dark.context());
dark.setDefaultTimeout(30_000);
await signIn(dark, demo('editor'));
await settled(dark);
await dark.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
await look('api-keys', dark);
await dark.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
await dark.getByRole('link', { name: 'nightly report' }).first().click();
await heading(dark, 'nightly report').waitFor();
await settled(dark);
await look('key-dark', dark);
await chromium.close();
