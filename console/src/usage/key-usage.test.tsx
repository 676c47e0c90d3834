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

function shown() {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: 15_000 } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return () => renderHook(() => useKeyUsage({ id: 'key_1' }, 'day', 7), { wrapper });
}

it('the usage of a key is read anew from time to time while it is shown', async () => {
  const { unmount } = shown()();
  await vi.advanceTimersByTimeAsync(2 * WATCH_MS + 1_000);
  unmount();
  await vi.advanceTimersByTimeAsync(2 * WATCH_MS);
  expect(get).toHaveBeenCalledTimes(3);
});

it('and when it is shown once more, however recent it is', async () => {
  const show = shown();
  for (let times = 1; times <= 2; times += 1) {
    const { unmount } = show();
    await vi.advanceTimersByTimeAsync(1_000);
    unmount();
    expect(get).toHaveBeenCalledTimes(times);
  }
});
