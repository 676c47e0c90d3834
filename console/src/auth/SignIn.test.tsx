import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter } from 'react-router';
import { beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { t } from '../strings';
import { SignIn } from './SignIn';

const signIn = vi.hoisted(() => vi.fn<(email: string, password: string) => Promise<string>>());
vi.mock('../session/instance', () => ({ session: { signIn } }));

const words = t.auth.signIn;

async function enter() {
  const user = userEvent.setup();
  render(<SignIn reason="none" />, { wrapper: MemoryRouter });
  await user.type(screen.getByLabelText(words.email), ' a@example.test ');
  await user.type(screen.getByLabelText(words.password), 'a password');
  await user.click(screen.getByRole('button', { name: words.submit }));
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

it('asks for another password where the first one was made for somebody', async () => {
  signIn.mockResolvedValue('first_password');
  await enter();
  expect(await screen.findByRole('heading', { name: t.auth.first.title })).toBeTruthy();
});
