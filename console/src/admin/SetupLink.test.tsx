import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { t } from '../strings';
import { copies } from '../test/copies';
import { renderWithin } from '../test/render';
import type { User } from './people-data';
import { SetupLink } from './SetupLink';

const words = t.admin.users;
const nora = { id: 'usr_1', name: 'Nora <b>New</b>', email: 'nora@example.test' } as User;
const link = 'https://console.example.test/reset#token=secret';

it('says that a mail is on its way, and closes at once', async () => {
  const close = vi.fn();
  renderWithin(<SetupLink user={nora} setup={{ delivery: 'email' }} onClose={close} />);
  expect(screen.getByText(words.setup.mailed(nora.email))).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: words.setup.close }));
  expect(close).toHaveBeenCalledOnce();
});

it('does not lose a link that was not copied, by Escape or by the button', async () => {
  const user = userEvent.setup();
  const close = vi.fn();
  renderWithin(<SetupLink user={nora} setup={{ delivery: 'link', link }} onClose={close} />);
  await user.keyboard('{Escape}');
  await user.click(screen.getByRole('button', { name: words.link.goBack }));
  await user.click(screen.getByRole('button', { name: words.link.done }));
  expect(screen.getByRole('alertdialog', { name: words.link.closeTitle })).toBeTruthy();
  expect(close).not.toHaveBeenCalled();
  await user.click(screen.getByRole('button', { name: words.link.goBack }));
  await copies(user, words.link.label);
  expect(await navigator.clipboard.readText()).toBe(link);
  await user.click(screen.getByRole('button', { name: words.link.done }));
  expect(close).toHaveBeenCalledOnce();
});
