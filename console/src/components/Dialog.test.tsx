import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
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

function show(onSubmit: () => Promise<unknown>) {
  const close = vi.fn();
  const shown = renderWithin(
    <FormDialog title="Revoke" submit="Do it" onSubmit={onSubmit} onClose={close}>
      <p>text</p>
    </FormDialog>,
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
