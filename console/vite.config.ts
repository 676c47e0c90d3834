import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** What `cargo xtask up` wrote about the local stack; QARION_STACK names another one's file. */
const stackFile = process.env['QARION_STACK'] ?? new URL('../target/local/stack.json', import.meta.url);

/**
 * Hands everything outside of /console/ to the API of the local stack.
 *
 * The browser's `Origin` is this server's. The refresh asks for the API's own, so it is put in its place, and the
 * `Sec-Fetch-*` headers stay true: for the browser, page and API are one origin, as they are when deployed.
 */
function localApi(): Plugin {
  return {
    name: 'local-api',
    configureServer(server) {
      server.middlewares.use((incoming, outgoing, next) => {
        const path = incoming.url ?? '/';
        if (path.startsWith('/console')) {
          next();
          return;
        }
        if (!existsSync(stackFile)) {
          outgoing.writeHead(503, { 'content-type': 'application/json' });
          outgoing.end(JSON.stringify({ detail: 'No local stack runs: cargo xtask up' }));
          return;
        }
        // Read each time: a deployment may have changed the address.
        const { url, console_url: deployed } = JSON.parse(readFileSync(stackFile, 'utf8')) as {
          url: string;
          console_url: string;
        };
        const api = new URL(url);
        const headers = { ...incoming.headers, host: api.host };
        if (headers.origin !== undefined) headers.origin = new URL(deployed).origin;
        const forwarded = request(url + path, { method: incoming.method ?? 'GET', headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        });
        forwarded.on('error', () => {
          outgoing.writeHead(503, { 'content-type': 'application/json' });
          outgoing.end(JSON.stringify({ detail: 'The local stack does not answer' }));
        });
        incoming.pipe(forwarded);
      });
    },
  };
}

export default defineConfig(({ command }) => ({
  // Relative, because the server's `<base href>` says where the console is: under a stage's path or a domain's root.
  base: command === 'build' ? './' : '/console/',
  plugins: [react(), localApi()],
  server: { host: '127.0.0.1', port: 5173, strictPort: true, allowedHosts: ['.localhost'] },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    // The polyfill would be a script within the page, which the policy of its contents refuses.
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    css: false,
    restoreMocks: true,
  },
}));
