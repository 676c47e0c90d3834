import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { clearToasts, toast, Toasts } from './Toasts';

it('what was done by one person is not told the next', () => {
  render(<Toasts />);
  act(() => toast('The key is revoked.'));
  act(() => toast('It could not be copied.', 'danger'));
  expect(screen.getByText('It could not be copied.')).toBeTruthy();
  act(clearToasts);
  expect(screen.getByRole('status').textContent).toBe('');
});

it('offers what else there is to see once', async () => {
  const run = vi.fn();
  render(<Toasts />);
  act(() => toast('The key is revoked.', 'good', { label: 'See its calls', run }));
  await userEvent.click(screen.getByRole('button', { name: 'See its calls' }));
  expect(run).toHaveBeenCalledOnce();
  expect(screen.getByRole('status').textContent).toBe('');
});
