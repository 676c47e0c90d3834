/** What administrators see of calls, import from a file, and write while somebody else does. */
import assert from 'node:assert/strict';
import { heading, settled, signIn, visit } from './support/browser.js';
import { fits, hostileNames } from './support/judge.js';
import { ask, becomes, counted, logIn, person, secret } from './support/stack.js';

/** An admin with a key that was called, and counted. */
async function called() {
  const me = await person({ name: 'Uta Usage', role: 'admin' });
  const credential = await logIn(me);
  const made = await ask('POST', '/api-keys', { credential, content: { name: `report of ${me.id}` } });
  await ask('GET', '/users/me', { credential: secret(made.key) });
  await counted(made, credential);
  return { me, key: made };
}

visit('a row of the usage leads to the key, and the key to its owner', {}, async ({ page }) => {
  const { me, key } = await called();
  await signIn(page, me, 'admin/usage');
  await heading(page, 'Usage').waitFor();
  const calls = page.getByRole('table', { name: 'Calls by' });
  await calls.getByRole('link', { name: key.name }).click();
  await heading(page, key.name).waitFor();
  await page.getByText('It came from about 1 address in one day, at most.').waitFor();
  await page.getByRole('cell', { name: 'GET /users/me' }).waitFor();
  await page.locator('main').getByRole('link', { name: 'Uta Usage' }).click();
  await heading(page, 'Uta Usage').waitFor();
});

visit(
  'keys with flags are listed, and how many were looked at is said',
  {},
  async ({ page, visit: seen }) => {
    const { me } = await called();
    // Nothing local comes from two addresses: the flags are played.
    let flagged = null;
    await page.route(/\/api-keys\/key_\w+\/usage/, async (route) => {
      flagged ??= route
        .request()
        .url()
        .match(/key_\w+/)[0];
      const flags = route.request().url().includes(flagged) ? ['new_address', 'sudden_rise'] : [];
      await route.fulfill({ json: { usage: [], flags, last_used_at: null } });
    });
    await signIn(page, me, 'admin/usage');
    const card = page.getByRole('region', { name: 'Suspicious keys' });
    await card.scrollIntoViewIfNeeded();
    await card.getByText('from an address that it was never used from before').waitFor();
    await card.getByText('more than ten times as much').waitFor();
    await becomes(() => card.getByRole('row').count(), 2);
    await settled(page);
    const asked = seen.requests.filter((line) => /api-keys\/key_\w+\/usage$/.test(line)).length;
    assert.ok(asked <= 20, `${asked} requests`);
    await card.getByText(new RegExp(`^(All )?${asked} keys? .*looked at`)).waitFor();
    await card.getByRole('row').last().getByRole('link').first().click();
    await page.getByText('somebody else may have the key').waitFor();
  },
);

visit('the page of a key reads anew while it is open', {}, async ({ page, visit: seen }) => {
  const { me, key } = await called();
  await page.clock.install();
  await signIn(page, me, `settings/api-keys/${key.id}`);
  await heading(page, key.name).waitFor();
  await settled(page);
  const calls = `GET /api-keys/${key.id}/usage`;
  const before = [seen.sent(calls), seen.sent('GET /api-keys')];
  await page.clock.fastForward('00:31');
  await becomes(
    () => [seen.sent(calls), seen.sent('GET /api-keys')],
    before.map((sent) => sent + 1),
  );
});

visit('the list of keys reads anew while it is open', {}, async ({ page, visit: seen }) => {
  const { me, key } = await called();
  await page.clock.install();
  await signIn(page, me, 'settings/api-keys');
  await page.getByRole('img', { name: / in 7 days$/ }).waitFor();
  await settled(page);
  const lines = [`GET /api-keys/${key.id}/usage`, 'GET /api-keys'];
  const before = lines.map((line) => seen.sent(line));
  await page.clock.fastForward('00:31');
  await becomes(
    () => lines.map((line) => seen.sent(line)),
    before.map((sent) => sent + 1),
  );
});

visit('an administrator finds the key of somebody, and revokes it', {}, async ({ page }) => {
  const me = await person({ role: 'admin' });
  const owner = await person({ name: 'Olga Owner' });
  const credential = await logIn(owner);
  const name = hostileNames(60).markup.trim();
  const { id, key } = await ask('POST', '/api-keys', { credential, content: { name } });
  secret(key);
  const flags = ['new_address'];
  await page.route(/\/api-keys\/key_\w+\/usage/, (route) =>
    route.fulfill({ json: { usage: [], flags, last_used_at: null } }),
  );
  await signIn(page, me, `admin/users/${owner.id}`);
  await page.getByRole('link', { name, exact: true }).click();
  await heading(page, name).waitFor();
  await page.getByText('revoke it, or ask its owner to rotate it').waitFor();

  const actions = page.getByRole('button', { name: `Actions for ${name}` });
  await actions.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Move it, on its owner’s page' }).click();
  await heading(page, 'Olga Owner').waitFor();
  await page.getByRole('button', { name: 'Move to a service account' }).waitFor();
  await page.goBack();

  await page.setViewportSize({ width: 360, height: 740 });
  await actions.click();
  await page.getByRole('menuitem', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText('This key is revoked').waitFor();
  await heading(page, name).waitFor();
  await fits(page, 'the page of a key that is gone');
  const { api_keys: left } = await ask('GET', '/api-keys', { credential });
  assert.ok(!left.some((one) => one.id === id));
});

visit('how long a key is unused for is a choice', {}, async ({ page }) => {
  const { me } = await called();
  await signIn(page, me, 'admin/usage');
  const card = page.getByRole('region', { name: 'Unused keys' });
  const asked = page.waitForRequest((request) => request.url().includes('unused_for=365d'));
  await card.getByRole('button', { name: /Not used for/ }).click();
  await page.getByRole('option', { name: '365 days' }).click();
  await asked;
  await card.getByRole('heading', { name: 'No key was left unused for so long' }).waitFor();
});

visit('a file is looked at before it is sent, and each row has a result', {}, async ({ page }) => {
  const me = await person({ name: 'Ida Importer', role: 'admin' });
  const { rightToLeft, markup } = hostileNames(60);
  const local = me.id.slice(4).toLowerCase();
  const rows = [
    'email,name,org_role',
    `one-${local}@example.test,"${markup.replaceAll('"', '""')}",`,
    `two-${local}@example.test,${rightToLeft},member`,
    'nobody,No Address,member',
    `${me.email},Ida again,member`,
  ];
  await signIn(page, me, 'admin/users/import');
  await heading(page, 'Import users').waitFor();
  await page.locator('input[type=file]').setInputFiles({
    name: 'people.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(rows.join('\r\n')),
  });
  await page.getByText('3 rows are ready. 1 row would be refused').waitFor();
  const preview = page.getByRole('table', { name: 'What will be sent' });
  await preview
    .getByRole('row', { name: /nobody/ })
    .getByText('This is no email address.')
    .waitFor();
  await preview.getByText(markup.trim(), { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Import 4 rows' }).click();

  await page.getByText('2 made, 1 there before, 1 refused.').waitFor();
  const results = page.getByRole('table', { name: 'What became of the rows' });
  await becomes(() => results.getByRole('row').count(), 5);
  await results
    .getByRole('row', { name: /nobody/ })
    .getByText('must be an e-mail address')
    .waitFor();
  await page.setViewportSize({ width: 360, height: 740 });
  await fits(page, 'results');
  await results.getByRole('link', { name: `two-${local}@example.test` }).click();
  await heading(page, rightToLeft.trim()).waitFor();
});

visit('a file that cannot be read is not sent', {}, async ({ page, visit: seen }) => {
  await signIn(page, await person({ role: 'admin' }), 'admin/users/import');
  const choose = (buffer) =>
    page.locator('input[type=file]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer });
  await choose(Buffer.from([0xe4, 0x2c]));
  await page.getByText('The file is not UTF-8').waitFor();
  await choose(Buffer.from('email;name\na@example.test;A\n'));
  await page.getByText('The first line has to name email and name').waitFor();
  await becomes(() => page.getByRole('button', { name: /^Import/ }).isDisabled(), true);
  assert.equal(seen.sent('POST /admin/users/import'), 0);
});

visit('what was typed stays when somebody else changed the policy', { refusals: [412] }, async ({ page }) => {
  const me = await person({ role: 'admin' });
  const theirs = {
    session_seconds: 600,
    refresh_idle_seconds: 604_800,
    refresh_absolute_seconds: 2_592_000,
    api_keys_allowed: true,
    max_key_age_days: null,
    allowed_addresses: null,
  };
  // The organization is everybody's: that the policy was changed is only played.
  let isChanged = false;
  const policy = (url) => /^(?!.*\/console\/).*\/admin\/policy$/.test(url.pathname);
  await page.route(policy, async (route) => {
    if (route.request().method() === 'PUT') {
      isChanged = true;
      await route.fulfill({ status: 412, json: { detail: 'The policy has changed' } });
    } else if (isChanged) await route.fulfill({ json: theirs, headers: { ETag: '"theirs"' } });
    else await route.fulfill({ json: { ...theirs, session_seconds: 900 }, headers: { ETag: '"mine"' } });
  });
  await signIn(page, me, 'admin/policy');
  await heading(page, 'Security policy').waitFor();
  await page.getByRole('textbox', { name: 'A session lasts at most' }).fill('20');
  await page.getByRole('button', { name: 'Review changes' }).click();
  await page.getByRole('button', { name: 'Change policy' }).click();

  await page.getByText('Somebody else changed the policy in the meantime').waitFor();
  const differences = page.getByRole('table', { name: 'What differs' });
  await differences.getByRole('row', { name: /access token.*15 minutes.*10 minutes.*10 minutes/ }).waitFor();
  await differences.getByRole('row', { name: /lasts at most.*30 days.*30 days.*20 days/ }).waitFor();
  await becomes(() => differences.getByRole('row').count(), 3);
  const lasts = page.getByRole('textbox', { name: 'A session lasts at most' });
  await becomes(() => lasts.inputValue(), '20');
  await page.setViewportSize({ width: 360, height: 740 });
  await settled(page);
  await fits(page, 'what differs');
});
