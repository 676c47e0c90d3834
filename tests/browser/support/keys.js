/** API keys as people handle them in the browser, their own and a service account's. */
import assert from 'node:assert/strict';
import { secret } from './stack.js';

/** Makes a key through the form, and leaves the dialogue open that shows it. */
export async function generate(page, name) {
  await page.getByRole('button', { name: 'Generate new key' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: 'Generate key' }).click();
  return shown(page, name);
}

/** Reads the key that is shown, and the line to try it. */
export async function shown(page, name) {
  await page.getByRole('heading', { name: `Copy the key “${name}” now` }).waitFor();
  const [key, line] = await page.locator('pre').allTextContents();
  secret(key);
  return { key, line };
}

export async function copyAndClose(page) {
  await page.getByRole('button', { name: /^Copy ?: Key/ }).click();
  await page.getByText('Copied', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Opens the menu of a row, or of a page, and takes an action of it. */
export async function choose(page, name, action) {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

/** Looks for the key's secret half, however it came there. */
export async function holdsNothing(page, context, key) {
  const text = key.slice(-40);
  const found = {
    page: await page.content(),
    fields: await page.locator('input, textarea').evaluateAll((fields) => fields.map((field) => field.value)),
    storage: await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])),
    databases: await page.evaluate(async () => JSON.stringify(await indexedDB.databases())),
    caches: await page.evaluate(async () => JSON.stringify(await caches.keys())),
    state: await page.evaluate(() =>
      JSON.stringify([history.state, location.href, document.title, window.name]),
    ),
    addresses: await page.evaluate(() => performance.getEntries().map((entry) => entry.name)),
    cookies: JSON.stringify(await context.cookies()),
  };
  const debug = await context.newCDPSession(page);
  found.history = JSON.stringify(await debug.send('Page.getNavigationHistory'));
  await debug.detach();
  for (const [where, content] of Object.entries(found)) {
    assert.ok(!JSON.stringify(content).includes(text), `the key is in ${where}`);
  }
  // Nothing that could hold it.
  assert.equal(found.databases, '[]');
  assert.equal(found.caches, '[]');
}
