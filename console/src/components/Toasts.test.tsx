import { act, render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { clearToasts, toast, Toasts } from './Toasts';

it('what was done by one person is not told the next', () => {
  render(<Toasts />);
  act(() => toast('The key is revoked.'));
  act(() => toast('It could not be copied.', 'danger'));
  expect(screen.getByText('It could not be copied.')).toBeTruthy();
  act(clearToasts);
  expect(screen.getByRole('status').textContent).toBe('');
});
