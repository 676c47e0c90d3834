// Fails the build where a first visit would load more than LIMIT bytes, compressed: index.html, what it names and
// what those chunks import at once. Also where a file is no text, which the gateway could not pass on.
import { readFile, readdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const LIMIT = 200 * 1024;
const TEXT = /\.(html|js|css|svg|txt)$/;
const dist = new URL('../dist/', import.meta.url);

const first = new Set();
async function visit(name) {
  if (first.has(name)) return;
  first.add(name);
  const text = await readFile(new URL(name, dist), 'utf8');
  if (name === 'index.html') {
    for (const [, asset] of text.matchAll(/(?:src|href)="\.\/([^"]+)"/g)) await visit(asset);
  } else if (name.endsWith('.js')) {
    for (const [, asset] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
      await visit(`assets/${asset}`);
  }
}
await visit('index.html');

let total = 0;
for (const name of first) total += gzipSync(await readFile(new URL(name, dist)), { level: 6 }).length;
console.log(
  `first load: ${first.size} files, ${(total / 1024).toFixed(1)} KiB compressed, at most ${LIMIT / 1024}`,
);
if (!(await readFile(new URL('index.html', dist), 'utf8')).includes('<base href="/console/">'))
  throw new Error('index.html has no <base href="/console/"> for the server to set');
for (const entry of await readdir(dist, { recursive: true, withFileTypes: true }))
  if (entry.isFile() && !TEXT.test(entry.name)) throw new Error(`${entry.name} is no text`);
if (first.size < 3) throw new Error('index.html names no script and no style');
if (total > LIMIT) throw new Error('the first load is too large');
