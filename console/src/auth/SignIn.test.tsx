import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter } from 'react-router';
import { beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { t } from '../strings';
import { SignIn } from './SignIn';

const signIn = vi.hoisted(() => vi.fn<(email: string, password: string) => Promise<string>>());
const replaceFirstPassword = vi.hoisted(() => vi.fn<() => Promise<void>>());
vi.mock('../session/instance', () => ({ session: { signIn, replaceFirstPassword } }));

const words = t.auth.signIn;

async function enter() {
  const user = userEvent.setup();
  render(<SignIn reason="none" />, { wrapper: MemoryRouter });
  await user.type(screen.getByLabelText(words.email), ' a@example.test ');
  await user.type(screen.getByLabelText(words.password), 'a password');
  await user.click(screen.getByRole('button', { name: words.submit }));
  return user;
}

beforeEach(() => {
  signIn.mockReset();
});

it('sends what was typed, the address without the spaces around it', async () => {
  signIn.mockResolvedValue('signed_in');
  await enter();
  expect(signIn).toHaveBeenCalledWith('a@example.test', 'a password');
});

it('explains a wrong answer', async () => {
  signIn.mockRejectedValue(new ApiError(401, 'Could not validate credentials'));
  await enter();
  expect((await screen.findByRole('alert')).textContent).toContain(words.wrong);
});

it('says how long to wait, and waits', async () => {
  signIn.mockRejectedValue(new ApiError(429, 'Too many attempts', 30));
  await enter();
  expect(await screen.findByText(t.common.errors.throttled(30))).toBeTruthy();
  expect(screen.getByRole('button', { name: words.submit }).hasAttribute('disabled')).toBe(true);
});

it('says nothing any more once one has waited', async () => {
  signIn.mockRejectedValue(new ApiError(429, 'Too many attempts', 1));
  await enter();
  expect((await screen.findByRole('status')).textContent).toContain(t.common.errors.throttled(1));
  await waitFor(() => expect(screen.queryByRole('status')).toBeNull(), { timeout: 3_000 });
  expect(screen.getByRole('button', { name: words.submit }).hasAttribute('disabled')).toBe(false);
});

it('has a way back from a first password whose time is over', async () => {
  signIn.mockResolvedValue('first_password');
  replaceFirstPassword.mockRejectedValue(new ApiError(401, 'Could not validate credentials'));
  const user = await enter();
  await screen.findByRole('heading', { name: t.auth.first.title });
  await user.type(screen.getByLabelText(t.auth.newPassword.label), 'tundra velvet obelisk');
  await user.type(screen.getByLabelText(t.auth.newPassword.repeat), 'tundra velvet obelisk');
  await user.click(screen.getByRole('button', { name: t.auth.first.submit }));
  expect((await screen.findByRole('alert')).textContent).toContain(t.auth.first.over);
  await user.click(screen.getByRole('button', { name: t.auth.forgot.back }));
  expect(screen.getByLabelText<HTMLInputElement>(words.email).value).toBe('a@example.test');
  expect(screen.getByLabelText<HTMLInputElement>(words.password).value).toBe('');
});

it('asks for another password where the first one was made for somebody', async () => {
  signIn.mockResolvedValue('first_password');
  await enter();
  expect(await screen.findByRole('heading', { name: t.auth.first.title })).toBeTruthy();
});
