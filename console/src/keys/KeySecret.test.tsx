import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { Schema } from '../api/client';
import { t } from '../strings';
import { copies } from '../test/copies';
import { renderWithin } from '../test/render';
import { KeySecret } from './KeySecret';

const words = t.keys.secret;
const made = {
  id: 'key_1',
  name: '<img src=x onerror=alert(1)>',
  key: 'qarion_secret',
} as Schema<'ApiKeyWithSecret'>;

it('shows the key, a line to try it with the API’s address, and the name as text', () => {
  renderWithin(<KeySecret apiKey={made} onClose={() => undefined} />);
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
  renderWithin(<KeySecret apiKey={made} onClose={close} />);
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
  renderWithin(<KeySecret apiKey={made} onClose={close} />);
  await copies(user, words.key);
  expect(await navigator.clipboard.readText()).toBe('qarion_secret');
  await user.click(screen.getByRole('button', { name: words.done }));
  expect(close).toHaveBeenCalledOnce();
});

it('asks as well before the page is left, and goes where it was to go', async () => {
  const user = userEvent.setup();
  const close = vi.fn();
  const { router } = renderWithin(<KeySecret apiKey={made} onClose={close} />);
  await act(() => router.navigate(-1));
  await user.click(screen.getByRole('button', { name: words.goBack }));
  expect(screen.getByText('qarion_secret')).toBeTruthy();
  await act(() => router.navigate('/elsewhere'));
  await user.click(screen.getByRole('button', { name: words.closeAnyway }));
  expect(screen.getByText('elsewhere')).toBeTruthy();
  expect(close).toHaveBeenCalledOnce();
});

it('has the browser ask before a reload, until the key was copied', async () => {
  const user = userEvent.setup();
  const reload = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  renderWithin(<KeySecret apiKey={made} onClose={() => undefined} />);
  expect(reload()).toBe(true);
  await copies(user, words.key);
  await waitFor(() => expect(reload()).toBe(false));
});

it('counts a copy by hand when it is the whole of it', async () => {
  const user = userEvent.setup();
  const close = vi.fn();
  renderWithin(<KeySecret apiKey={made} onClose={close} />);
  const copy = (from: number) => {
    const shown = screen.getByText('qarion_secret');
    window.getSelection()?.selectAllChildren(shown);
    if (shown.firstChild !== null) window.getSelection()?.getRangeAt(0).setStart(shown.firstChild, from);
    fireEvent.copy(shown);
  };
  copy(3);
  await user.click(screen.getByRole('button', { name: words.done }));
  expect(close).not.toHaveBeenCalled();
  await user.click(screen.getByRole('button', { name: words.goBack }));
  copy(0);
  await user.click(screen.getByRole('button', { name: words.done }));
  expect(close).toHaveBeenCalledOnce();
});
