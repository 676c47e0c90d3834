import { act, fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { t } from '../strings';
import { renderWithin } from '../test/render';
import { FormDialog } from './Dialog';

function slow() {
  let answer: () => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const work = new Promise<void>((resolve, reject) => {
    answer = resolve;
    fail = reject;
  });
  return { work, answer, fail };
}

function show(onSubmit: () => Promise<unknown>, client = new QueryClient(), answersOnce = false) {
  const close = vi.fn();
  const shown = renderWithin(
    <FormDialog title="Revoke" submit="Do it" answersOnce={answersOnce} onSubmit={onSubmit} onClose={close}>
      <p>text</p>
    </FormDialog>,
    client,
  );
  return { ...shown, close, user: userEvent.setup() };
}
const cancel = () => screen.getByRole('button', { name: t.common.cancel });

it('is not left while its work is under way: not by Cancel, Escape or the way back', async () => {
  const { work, answer } = slow();
  const { close, user, router } = show(() => work);
  await user.click(screen.getByRole('button', { name: 'Do it' }));
  await user.click(cancel());
  await user.keyboard('{Escape}');
  expect(close).not.toHaveBeenCalled();
  await act(() => router.navigate(-1));
  expect(screen.queryByText('elsewhere')).toBeNull();
  // What it was to do may lead to another page itself.
  await act(() => router.navigate('/elsewhere'));
  expect(screen.getByText('elsewhere')).toBeTruthy();
  await act(() => {
    answer();
    return work;
  });
});

it.each([true, false])(
  'has the browser ask while an answer is on its way that is shown once: %s',
  async (once) => {
    const { work, answer } = slow();
    const asks = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    const { user } = show(() => work, new QueryClient(), once);
    expect(asks()).toBe(false);
    await user.click(screen.getByRole('button', { name: 'Do it' }));
    expect(asks()).toBe(once);
    await act(() => {
      answer();
      return work;
    });
    expect(asks()).toBe(false);
  },
);

it('is left as usual before and after', async () => {
  const { work, fail } = slow();
  const { close, user, router } = show(() => work);
  await user.click(screen.getByRole('button', { name: 'Do it' }));
  await act(() => {
    fail(new ApiError(422, 'no'));
    return work.catch(() => undefined);
  });
  await user.click(cancel());
  await user.keyboard('{Escape}');
  expect(close).toHaveBeenCalledTimes(2);
  await act(() => router.navigate(-1));
  expect(screen.getByText('elsewhere')).toBeTruthy();
});

it.each([
  [0, true],
  [500, true],
  [504, true],
  [422, false],
  [503, false],
])('where the answer is %i, says that it may be done and reads what there is: %s', async (status, lost) => {
  const client = new QueryClient();
  const queryFn = vi.fn(() => Promise.resolve('list'));
  new QueryObserver(client, { queryKey: ['list'], queryFn }).subscribe(() => undefined);
  const { user } = show(() => Promise.reject(new ApiError(status, 'no')), client);
  await user.click(screen.getByRole('button', { name: 'Do it' }));
  await screen.findByRole('alert');
  expect(screen.queryByText(t.common.errors.mayBeDone) !== null).toBe(lost);
  expect(queryFn).toHaveBeenCalledTimes(lost ? 2 : 1);
});

it('is confirmed once by a key that is held', () => {
  renderWithin(
    <FormDialog title="Revoke" submit="Do it" onSubmit={() => Promise.resolve()} onClose={vi.fn()}>
      <input aria-label="line" />
      <textarea aria-label="lines" />
    </FormDialog>,
  );
  // Whether the browser does what it does for the key.
  const goesOn = (field: string, repeat: boolean) =>
    fireEvent.keyDown(screen.getByLabelText(field), { key: 'Enter', repeat });
  expect([goesOn('line', false), goesOn('line', true), goesOn('lines', true)]).toEqual([true, false, true]);
});
