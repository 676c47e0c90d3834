/**
 * The system under test, by its `stack.json`, and its API as other programs use it: what a test needs to be there
 * before a browser opens, and what happens elsewhere while a page is open.
 */
import assert from 'node:assert/strict';
import { randomBytes, scryptSync } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

const file = process.env.QARION_STACK;
if (!file) throw new Error('QARION_STACK names no stack.json: `cargo xtask browser` sets it');

export const stack = JSON.parse(readFileSync(file, 'utf8'));
/** Where the console is, without the slash at the end. */
export const consoleUrl = stack.console_url.replace(/\/$/, '');
export const origin = new URL(consoleUrl).origin;

/** Adds a secret to those that no log may hold. */
export function secret(text) {
  if (process.env.QARION_CANARY) appendFileSync(process.env.QARION_CANARY, `${text}\n`);
  return text;
}

/** Sends a request and answers status, text and, where it is JSON, content. */
export async function call(method, path, { credential, content, type = 'application/json' } = {}) {
  const headers = {};
  if (credential) headers.Authorization = `Bearer ${credential}`;
  if (content !== undefined) headers['Content-Type'] = type;
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  const answer = await fetch(stack.url + path, { method, headers, ...(content !== undefined && { body }) });
  const text = await answer.text();
  const isJson = answer.headers.get('Content-Type')?.startsWith('application/json') ?? false;
  return { status: answer.status, text, content: isJson && text !== '' ? JSON.parse(text) : null };
}

/** As `call`, where anything but success ends the test. */
export async function ask(method, path, options) {
  const answer = await call(method, path, options);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.content;
}

/** A session of somebody, apart from any browser's. */
export async function logIn({ email, password }) {
  const { access_token } = await ask('POST', '/auth/login', { content: { email, password } });
  return secret(access_token);
}

/** A demo user by role: `admin`, `editor` or `viewer`. */
export const demo = (role) => stack.users.find((user) => user.role === role);

/** How long a session counts as one whose password was just entered, with room to spare: the API says 10 minutes. */
const RECENT_MS = 5 * 60_000;
let admins = null;
/** A session of the demo's admin, whose password was just entered. */
export function admin() {
  if (admins === null || Date.now() - admins.since > RECENT_MS)
    admins = { since: Date.now(), token: logIn(demo('admin')) };
  return admins.token;
}

/**
 * Makes a person of the demo's organization, with a password that works at once: imported, because an admin chooses no
 * passwords. `spaces` are pairs of slug and role.
 */
export async function person({ name = 'Paula Person', role = 'member', spaces = [] } = {}) {
  const email = `${randomBytes(6).toString('hex')}@browser.example.test`;
  const password = secret(randomBytes(12).toString('base64url'));
  const row = { email, name, org_role: role, password_hash: scrypt(password) };
  const { results } = await ask('POST', '/admin/users/import', {
    credential: await admin(),
    content: JSON.stringify(row),
    type: 'application/x-ndjson',
  });
  const [{ id, status, detail }] = results;
  if (status !== 'created') throw new Error(`${email} is ${status}: ${detail}`);
  for (const [slug, spaceRole] of spaces) {
    const path = `/spaces/${slug}/members/${id}`;
    await ask('PUT', path, { credential: await admin(), content: { role: spaceRole } });
  }
  return { id, email, password, name };
}

/** A space of the demo's organization; answers its slug. */
export async function space(name) {
  const slug = `b-${randomBytes(6).toString('hex')}`;
  await ask('POST', '/admin/spaces', { credential: await admin(), content: { slug, name } });
  return slug;
}

/** The least that an import takes, so that a login costs little: docs/import.md. */
function scrypt(password) {
  const salt = randomBytes(16);
  const hash = scryptSync(password, salt, 32, { N: 2 ** 13, r: 8, p: 1 });
  const base64 = (bytes) => bytes.toString('base64').replace(/=+$/, '');
  return `$scrypt$ln=13,r=8,p=1$${base64(salt)}$${base64(hash)}`;
}

/** The link in the newest mail to somebody, once it has arrived. */
export function linkIn(email) {
  return until(`a mail to ${email}`, async () => {
    const text = await (await fetch(stack.mails)).text();
    const mails = Object.values(JSON.parse(text).messages).flat();
    const mine = mails.filter((mail) => JSON.stringify(mail).includes(email)).at(-1);
    const link = mine && /https?:\/\/[^\s"'\\<]+#token=[^\s"'\\<]+/.exec(JSON.stringify(mine))?.[0];
    if (link) secret(link.split('#token=')[1]);
    return link;
  });
}

/** What `ready` answers as soon as it is something: for what another part of the system does in its own time. */
export async function until(what, ready, seconds = 60, longest = 250) {
  const end = Date.now() + seconds * 1000;
  // Asked for often while it may be quick, and less often, every `longest` milliseconds, when it is not.
  for (let pause = 20; ; pause = Math.min(pause * 1.5, longest)) {
    const found = await ready();
    if (found) return found;
    if (Date.now() > end) throw new Error(`no ${what} within ${seconds} seconds`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Until `read` answers what is expected: for what a page shows, or sends, a little after what leads to it. */
export async function becomes(read, expected, what) {
  let found;
  const isSo = async () => isDeepStrictEqual((found = await read()), expected);
  await until('expected state', isSo, 30).catch((error) => {
    if (!isDeepStrictEqual(found, expected)) assert.deepEqual(found, expected, what);
    throw error;
  });
}

/** Until a key's own call is counted, however many keys the organization has. */
export const counted = ({ id }, credential) =>
  until('count of the call', async () => {
    const { usage } = await ask('GET', `/api-keys/${id}/usage`, { credential });
    return usage.some(({ allowed }) => allowed > 0);
  });
