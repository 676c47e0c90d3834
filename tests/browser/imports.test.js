/** An import from a file that does not get to its end, and what goes on from there. */
import { heading, signIn, visit } from './support/browser.js';
import { ask, becomes, logIn, person } from './support/stack.js';

const ROWS = 6;
/** So many rows are done when it is cut off. */
const DONE = 3;

/** An admin with a file of people who are not there yet, and what is there of them. */
async function importer() {
  const me = await person({ name: 'Ida Importer', role: 'admin' });
  const credential = await logIn(me);
  const prefix = `row-${me.id.slice(4).toLowerCase()}-`;
  const lines = Array.from({ length: ROWS }, (_, at) => `${prefix}${at + 1}@example.test,Row ${at + 1}`);
  const text = (rows) => ['email,name', ...rows].join('\n');
  const there = async () =>
    (await ask('GET', `/admin/users?email_prefix=${prefix}&limit=20`, { credential })).users.length;
  /** Has the API do some rows alone. One that ran out of time would answer so, for a file that is larger. */
  const only = async (row, end) => {
    const content = text(lines.slice(row - 1, end));
    const { results } = await ask('POST', '/admin/users/import', { credential, content, type: 'text/csv' });
    return { results: results.map((one) => ({ ...one, row: one.row + row - 1 })), next_row: end + 1 };
  };
  const first = () => only(1, DONE);
  const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text(lines)) };
  return { me, file, there, first, only };
}

/** Chooses the file, and sends it. */
async function send(page, file) {
  await heading(page, 'Import users').waitFor();
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByText(`${ROWS} rows are ready.`).waitFor();
  await page.getByRole('button', { name: `Import ${ROWS} rows` }).click();
}

const imports = /\/admin\/users\/import\?/;
const from = (route) => new URL(route.request().url()).searchParams.get('from_row');
const results = (page) => page.getByRole('table', { name: 'What became of the rows' }).getByRole('row');

visit(
  'an import that fails in the middle goes on from the row that it came to',
  { refusals: [503] },
  async ({ page, visit: seen }) => {
    const { me, file, there, first } = await importer();
    const unavailable = { status: 503, json: { detail: 'Service unavailable' } };
    await page.route(imports, async (route) =>
      route.fulfill(from(route) === '1' ? { json: await first() } : unavailable),
    );
    await signIn(page, me, 'admin/users/import');
    await send(page, file);
    await page.getByText('It stopped before the end.').waitFor();
    await becomes(() => results(page).count(), DONE + 1);
    await becomes(there, DONE);

    await page.unroute(imports);
    const before = seen.sent('POST /admin/users/import');
    await page.getByRole('button', { name: `Go on from row ${DONE + 1}` }).click();
    await page.getByText(`${ROWS} made, 0 there before, 0 refused.`).waitFor();
    await becomes(() => results(page).count(), ROWS + 1);
    await becomes(() => seen.sent('POST /admin/users/import'), before + 1);
    await becomes(there, ROWS);
  },
);

visit(
  'a part of an import that fails is tried again, and the rest of the file follows',
  { refusals: [503] },
  async ({ page, visit: seen }) => {
    const { me, file, there, first, only } = await importer();
    // What each request in turn is answered, by the row that it begins at.
    const answers = {
      1: [async () => ({ json: await first() })],
      [DONE + 1]: [
        () => ({ status: 503, json: { detail: 'Service unavailable' } }),
        async () => ({ json: await only(DONE + 1, DONE + 1) }),
      ],
    };
    await page.route(imports, async (route) => {
      const answer = answers[from(route)]?.shift();
      await (answer ? route.fulfill(await answer()) : route.continue());
    });
    await signIn(page, me, 'admin/users/import');
    await send(page, file);
    const again = page.getByRole('button', { name: `Go on from row ${DONE + 1}` });
    await again.waitFor();
    const before = seen.sent('POST /admin/users/import');
    await again.press('Enter');
    await page.getByText(`${ROWS} made, 0 there before, 0 refused.`).waitFor();
    await becomes(() => results(page).count(), ROWS + 1);
    // The part once more, and then the rest.
    await becomes(() => seen.sent('POST /admin/users/import'), before + 2);
    await becomes(there, ROWS);
    const title = heading(page, 'Import users');
    await becomes(() => title.evaluate((it) => it === document.activeElement), true);
  },
);

visit(
  'an import whose page is left in the middle is sent again, and makes nobody twice',
  {},
  async ({ page }) => {
    const { me, file, there, first } = await importer();
    // The second request is never answered: the page is left before.
    let second;
    const isSent = new Promise((resolve) => (second = resolve));
    await page.route(imports, async (route) => {
      if (from(route) === '1') await route.fulfill({ json: await first() });
      else second();
    });
    await signIn(page, me, 'admin/users/import');
    await send(page, file);
    await isSent;
    await page.getByText(`${DONE} of ${ROWS} rows done…`).waitFor();
    await page.reload();
    await page.unrouteAll({ behavior: 'ignoreErrors' });

    await send(page, file);
    await page.getByText(`${ROWS - DONE} made, ${DONE} there before, 0 refused.`).waitFor();
    await becomes(there, ROWS);
  },
);
