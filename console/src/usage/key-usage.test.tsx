import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useKeyUsage, WATCH_MS } from './key-usage';

const get = vi.hoisted(() => vi.fn<(path: string) => Promise<{ data: unknown }>>());
vi.mock('../api/client', async (original) => ({ ...(await original<object>()), api: { GET: get } }));

beforeEach(() => {
  vi.useFakeTimers();
  get.mockReset().mockResolvedValue({ data: { usage: [], flags: [], last_used_at: null } });
});
afterEach(() => vi.useRealTimers());

async function asked(options: { watched?: boolean }): Promise<number> {
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const { unmount } = renderHook(() => useKeyUsage({ id: 'key_1' }, 'day', 7, options), { wrapper });
  await vi.advanceTimersByTimeAsync(2 * WATCH_MS + 1_000);
  unmount();
  client.clear();
  return get.mock.calls.length;
}

it('the usage of a key whose screen is open is read anew from time to time', async () => {
  expect(await asked({ watched: true })).toBe(3);
});

it('that of a row in a list is not', async () => {
  expect(await asked({})).toBe(1);
});
