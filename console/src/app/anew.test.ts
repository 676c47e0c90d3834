import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { readAnew } from './anew';

it('shows nothing that was read before the change, even where it is the first that was asked for', async () => {
  const client = new QueryClient();
  const answers: ((list: string) => void)[] = [];
  const queryFn = () =>
    new Promise<string>((resolve) => {
      answers.push(resolve);
    });
  const seen = vi.fn();
  new QueryObserver(client, { queryKey: ['list'], queryFn }).subscribe(({ data }) => {
    seen(data);
  });

  const done = readAnew(client, { queryKey: ['list'] });
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[0]?.('before');
  answers[1]?.('after');
  await done;
  expect(client.getQueryData(['list'])).toBe('after');
  expect(seen).not.toHaveBeenCalledWith('before');
  expect(seen).toHaveBeenLastCalledWith('after');
});
