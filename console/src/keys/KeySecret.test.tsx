import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { Schema } from '../api/client';
import { t } from '../strings';
import { KeySecret } from './KeySecret';

const words = t.keys.secret;
const made = {
  id: 'key_1',
  name: '<img src=x onerror=alert(1)>',
  key: 'qarion_secret',
} as Schema<'ApiKeyWithSecret'>;

it('shows the key, a line to try it with the API’s address, and the name as text', () => {
  render(<KeySecret apiKey={made} onClose={() => undefined} />);
  expect(screen.getByText('qarion_secret')).toBeTruthy();
  expect(
    screen.getByText("curl 'http://localhost:3000/v1/users/me' -H 'Authorization: Bearer qarion_secret'"),
  ).toBeTruthy();
  expect(screen.getByRole('heading', { name: words.titleFor(made.name) })).toBeTruthy();
  expect(document.querySelector('img')).toBeNull();
});

it('asks before a key is lost that was not copied, by the button and by Escape', async () => {
  const user = userEvent.setup();
  const close = vi.fn();
  render(<KeySecret apiKey={made} onClose={close} />);
  await user.keyboard('{Escape}');
  expect(screen.getByRole('alertdialog', { name: words.closeTitle })).toBeTruthy();
  await user.click(screen.getByRole('button', { name: words.goBack }));
  await user.click(screen.getByRole('button', { name: words.done }));
  expect(close).not.toHaveBeenCalled();
  await user.click(screen.getByRole('button', { name: words.closeAnyway }));
  expect(close).toHaveBeenCalledOnce();
});

it('closes at once when the key was copied', async () => {
  const user = userEvent.setup();
  const close = vi.fn();
  render(<KeySecret apiKey={made} onClose={close} />);
  await user.click(screen.getByRole('button', { name: `${t.common.copy} : ${words.key}` }));
  expect(await navigator.clipboard.readText()).toBe('qarion_secret');
  await user.click(screen.getByRole('button', { name: words.done }));
  expect(close).toHaveBeenCalledOnce();
});
