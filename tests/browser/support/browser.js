/**
 * Debian's Chromium, and what holds for every test in it: no script fails, nothing is written to the console as an
 * error, no request leaves the origin, no dialogue of the browser opens.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { chromium } from 'playwright-core';
import { consoleUrl, origin, secret, until } from './stack.js';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** A system on a laptop answers in 50 ms, one on a busy CI machine in seconds. */
const PATIENCE_MS = 30_000;

let running = null;
/** One for all tests of a file. */
export function browser() {
  const executablePath = process.env.QARION_CHROMIUM || PLACES.find((place) => existsSync(place));
  if (!executablePath) {
    throw new Error('no Chromium: on Debian `apt install chromium`, or name one in QARION_CHROMIUM');
  }
  return (running ??= chromium.launch({ executablePath, args: FLAGS }));
}
/**
 * What a test sees of the browser. `open` makes a window of its own (cookies, storage), `refusals` are the statuses
 * that the API is going to answer in this test: Chromium reports each as an error, which is one unless it was expected.
 */
class Visit {
  problems = [];
  /** `POST /auth/refresh`, in the order in which they were sent; files of the console are left out. */
  requests = [];
  contexts = [];
  /** What the pages were given and no log may hold. */
  #learning = [];
  refused = new Set();
  /** Whether the browser may ask if the page is to be left, and how often it did: it then stays. */
  mayAsk = false;
  asked = 0;

  constructor(refusals) {
    this.refusals = refusals;
  }

  async open(options = {}) {
    const context = await (
      await browser()
    ).newContext({
      viewport: { width: 1280, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
      reducedMotion: 'reduce',
      locale: 'en-US',
      timezoneId: 'UTC',
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    context.once('page', (page) => lookOften(Object.getPrototypeOf(page.locator('html'))));
    this.contexts.push(context);
    watch(context);
    context.on('request', (request) => this.#request(request));
    context.on('response', (response) => this.#learning.push(learn(response)));
    context.on('console', (message) => this.#message(message));
    context.on('weberror', (failure) => this.problems.push(`a script failed: ${failure.error().stack}`));
    context.on('dialog', (dialog) => {
      if (dialog.type() === 'beforeunload' && this.mayAsk) {
        this.asked += 1;
        return dialog.dismiss();
      }
      this.problems.push(`a dialogue: ${dialog.message()}`);
      return dialog.dismiss();
    });
    return context;
  }

  sent(line) {
    return this.requests.filter((request) => request === line).length;
  }

  #request(request) {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:') this.problems.push(`a request to ${url.origin}`);
    const path = url.pathname.replace(new URL(consoleUrl).pathname.replace(/\/console$/, ''), '');
    if (!path.startsWith('/console')) this.requests.push(`${request.method()} ${path}`);
  }

  #message(message) {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    const status = Number(/status of (\d{3})/.exec(message.text())?.[1]);
    if (this.refusals.includes(status)) this.refused.add(status);
    else
      this.problems.push(`${message.type()} in the console: ${message.text()} (${message.location().url})`);
  }

  /** Ends what was opened, once its secrets are known. */
  async close() {
    await Promise.all(this.#learning);
    for (const context of this.contexts) {
      // What is played ends first: an answer to a page that is gone would fail.
      for (const place of [context, ...context.pages()]) await place.unrouteAll({ behavior: 'ignoreErrors' });
      for (const { name, value } of await context.cookies()) if (name.startsWith('__Host-')) secret(value);
      await context.close();
    }
  }

  async judge() {
    // The console is a little behind the page.
    const complete = () => this.refused.size === this.refusals.length;
    if (!complete()) await until('expected refusal', complete, 30).catch(() => undefined);
    assert.deepEqual(this.problems, []);
    assert.deepEqual(
      [...this.refused].sort(),
      [...this.refusals].sort(),
      'the refusals that were to be expected',
    );
  }
}

/** Who acts in one of several tabs has it in front of them. In another a frame takes a second. */
async function toFront(page) {
  if (page.context().pages().length > 1) await page.bringToFront();
}

let looksOften = false;

/**
 * Has Playwright look for what a test waits for as often as it becomes true: of itself it looks again after 20, 50,
 * 100 and 100 ms, and then twice a second, which a file of tests spends a third of its time with.
 */
function lookOften(locators) {
  if (looksOften) return;
  looksOften = true;
  const { waitFor, click } = locators;
  const holds = {
    visible: (place) => place.isVisible(),
    hidden: (place) => place.isHidden(),
    attached: async (place) => (await place.count()) > 0,
    detached: async (place) => (await place.count()) === 0,
  };
  // A page that is on its way to another has nothing to say of either.
  const leaves = (error) => {
    if (!/context was destroyed/.test(error.message)) throw error;
    return false;
  };
  const soon = (place, state) => {
    const end = Date.now() + PATIENCE_MS;
    const look = async () => (await holds[state](place).catch(leaves)) || Date.now() > end;
    return until(state, look, 2 * (PATIENCE_MS / 1000), 60);
  };
  // The last look is Playwright's own, with all that it has to say where it finds nothing. The page may be left for
  // another just then, which takes its time.
  locators.waitFor = async function (options = {}) {
    await soon(this, options.state ?? 'visible');
    return waitFor.call(this, options);
  };
  locators.click = async function (options) {
    await toFront(this.page());
    await soon(this, 'visible');
    return click.call(this, options);
  };
}

/** Adds the token that a page was given to the secrets. A page that is gone has no body to read any more. */
async function learn(response) {
  if (!response.ok() || !/\/(login|refresh|password)$/.test(new URL(response.url()).pathname)) return;
  const { access_token: token } = await response.json().catch(() => ({}));
  if (token) secret(token);
}

let closes = false;

/** A test with one window and one page. */
export function visit(name, { refusals = [], window = {} }, body) {
  if (!closes) after(async () => (await running)?.close());
  closes = true;
  test(name, { timeout: 300_000 }, async () => {
    const seen = new Visit(refusals);
    try {
      const context = await seen.open(window);
      const page = await context.newPage();
      await body({ page, context, visit: seen });
      await seen.judge();
    } catch (error) {
      await keep(seen, name);
      if (seen.problems.length > 0) error.message += `\nbesides: ${seen.problems.join('\n')}`;
      throw error;
    } finally {
      await seen.close();
    }
  });
}

/** Pictures of what was to be seen when a test failed. */
async function keep({ contexts }, name) {
  const directory = process.env.QARION_PICTURES;
  if (!directory) return;
  mkdirSync(directory, { recursive: true });
  let number = 0;
  for (const page of contexts.flatMap((context) => context.pages())) {
    number += 1;
    const path = join(directory, `${name.replaceAll(/\W+/g, '-')}-${number}.png`);
    await page.screenshot({ path }).catch(() => undefined);
  }
}

/** Opens a page of the console, `path` without a slash at its start. */
export const go = (page, path = '') => page.goto(`${consoleUrl}/${path}`);

export const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true });

/** Signs in through the form, at whatever address, and waits for what stands around every screen. */
export async function signIn(page, { email, password }, path = '') {
  await go(page, path);
  await enter(page, { email, password });
}

/** Fills in the form that is shown. */
export async function enter(page, { email, password }) {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(secret(password));
  const button = page.getByRole('button', { name: 'Sign in' });
  await button.click();
  await page.locator('#main').waitFor();
}

/** Waits for the dialogue that is being opened. */
export async function opened(page) {
  const dialog = page.locator('.dialog');
  await dialog.waitFor();
  return dialog;
}

/** Presses a key within what was just opened: the focus comes there a little later than it is to be seen. */
export async function pressIn(place, key) {
  await until('focus', () => place.evaluate((it) => it.contains(document.activeElement)), 30);
  await place.page().keyboard.press(key);
}

/** By page, the requests that are not answered. */
const pending = new Map();

/** Keeps `pending` for the pages of a window. */
export function watch(context) {
  const requestsOf = (request) => {
    const page = request.frame().page();
    if (!pending.has(page)) pending.set(page, new Set());
    return pending.get(page);
  };
  const over = (request) => requestsOf(request).delete(request);
  context.on('request', (request) => requestsOf(request).add(request));
  context.on('response', (response) => over(response.request()));
  context.on('requestfailed', over);
}

/** Until a screen has all that it asked for. */
export async function settled(page) {
  await toFront(page);
  await page.locator('h1').first().waitFor();
  const calm = async () => {
    const skeletons = await page.locator('.skeleton, [aria-busy=true]').count();
    // What was answered is shown with the next frame, and may ask for more.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    return skeletons === 0 && (pending.get(page)?.size ?? 0) === 0;
  };
  await until('end of what the screen asks for', async () => (await calm()) && calm(), 30).catch((error) => {
    const open = [...(pending.get(page) ?? [])].map((request) => `${request.method()} ${request.url()}`);
    throw new Error(`${error.message}: ${open.join(', ')}`);
  });
}
