import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { changedWithout } from './gone';

it('reads all anew but what is gone, and forgets that', async () => {
  const client = new QueryClient();
  const read = vi.fn(({ queryKey }: { queryKey: readonly unknown[] }) => Promise.resolve(queryKey.join()));
  const watch = async (...queryKey: string[]) => {
    const observer = new QueryObserver(client, { queryKey, queryFn: read, staleTime: Infinity });
    const leave = observer.subscribe(() => undefined);
    await observer.refetch();
    return leave;
  };
  await watch('admin', 'spaces');
  await watch('me');
  await watch('admin', 'spaces', 'other');
  const leavePage = await watch('admin', 'spaces', 'gone');
  const leaveMembers = await watch('admin', 'spaces', 'gone', 'members');
  leaveMembers();
  read.mockClear();

  const change = () => changedWithout(client, ['admin', 'spaces', 'gone'], [['admin'], ['me']]);
  await change();
  expect(read.mock.calls.map(([{ queryKey }]) => queryKey.join()).sort()).toEqual([
    'admin,spaces',
    'admin,spaces,other',
    'me',
  ]);
  expect(client.getQueryData(['admin', 'spaces', 'gone', 'members'])).toBeUndefined();
  leavePage();
  await change();
  expect(client.getQueryData(['admin', 'spaces', 'gone'])).toBeUndefined();
  expect(client.getQueryData(['admin', 'spaces', 'other'])).toBe('admin,spaces,other');
});
