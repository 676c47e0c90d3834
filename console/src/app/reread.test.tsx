import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { sameIds, useReread } from './reread';

const list = (...ids: string[]) => ids.map((id) => ({ id }));

/** With an old list in the cache, and the answers that the API gives one after the other. */
function reread(...answers: (() => Promise<{ id: string }[]>)[]) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(['list'], list('old'));
  const queryFn = vi.fn<() => Promise<{ id: string }[]>>();
  for (const answer of answers) queryFn.mockImplementationOnce(answer);
  const wrapper = ({ children }: { children: React.ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const use = () => useReread(useQuery({ queryKey: ['list'], queryFn, refetchOnMount: 'always' }), sameIds);
  return renderHook(use, { wrapper }).result;
}
const fails = () => Promise.reject(new Error('no answer'));
const answers =
  (...ids: string[]) =>
  () =>
    Promise.resolve(list(...ids));

it('says nothing of what was known before, and does nothing until it was read', async () => {
  const result = reread(answers('a'));
  expect(result.current.seen).toBeUndefined();
  expect(await result.current.stillHolds()).toBe(false);
  await waitFor(() => expect(result.current.seen).toEqual(list('a')));
});

it('does nothing on what is known where it cannot be read anew', async () => {
  const result = reread(fails);
  await waitFor(() => expect(result.current.shown.isError).toBe(true));
  expect(result.current.seen).toBeUndefined();
});

async function confirm(result: { current: { stillHolds: () => Promise<boolean> } }): Promise<boolean | null> {
  let holds: boolean | null = null;
  await act(async () => {
    holds = await result.current.stillHolds();
  });
  return holds;
}

it('has what is no longer as it was seen accepted, and does nothing on a second press', async () => {
  const result = reread(answers('a', 'b'), answers('b', 'a', 'c'), answers('c', 'b', 'a'));
  await waitFor(() => expect(result.current.isReady).toBe(true));
  for (const press of ['first', 'second']) {
    expect(await confirm(result), press).toBe(false);
    expect(result.current.change.differs).toBe(true);
    expect(result.current.isReady).toBe(false);
  }
  expect(result.current.seen).toEqual(list('b', 'a', 'c'));
  act(() => result.current.change.accept(true));
  expect(result.current.isReady).toBe(true);
  expect(await confirm(result)).toBe(true);
});

it('does not take what was accepted for what comes after it', async () => {
  const result = reread(answers('a'), answers('a', 'b'), answers('a', 'b', 'c'));
  await waitFor(() => expect(result.current.isReady).toBe(true));
  expect(await confirm(result)).toBe(false);
  act(() => result.current.change.accept(true));
  expect(await confirm(result)).toBe(false);
  expect(result.current.change.isAccepted).toBe(false);
  expect(result.current.seen).toEqual(list('a', 'b', 'c'));
});

it('does not take what was read for another reason for what was seen', async () => {
  const result = reread(answers('a'), answers('a', 'b'), answers('a', 'b'));
  await waitFor(() => expect(result.current.isReady).toBe(true));
  await act(() => result.current.shown.refetch());
  expect(result.current.seen).toEqual(list('a'));
  expect(await confirm(result)).toBe(false);
});

it('does not confirm what cannot be read', async () => {
  const result = reread(answers('a'), fails);
  await waitFor(() => expect(result.current.seen).toBeDefined());
  await act(async () => expect(await result.current.stillHolds()).toBe(false));
  expect(result.current.change.differs).toBe(false);
});
