import { useQuery, useQueryClient } from '@tanstack/react-query';
import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Schema } from '../api/client';
import { t } from '../strings';
import { renderWithin } from '../test/render';
import { KeyPage } from './KeyPage';
import type { KeyOwner } from './owner';
import { useKeyActions } from './useKeyActions';

vi.mock('../usage/KeyUsageCard', () => ({ KeyUsageCard: () => null }));
vi.mock('../usage/key-usage', () => ({ useKeyUsage: () => ({ data: undefined }), WEEK: ['day', 7] }));

const words = t.keys.detail;
const nightly = {
  id: 'key_1',
  name: 'nightly report',
  hint: 'abcd',
  read_only: false,
  spaces: null,
  allowed_addresses: null,
  expires_at: null,
  created_at: '2026-01-01T00:00:00Z',
  created_by_key: null,
  rotated_at: null,
  previous_secret_expires_at: null,
  moved_from: null,
  last_used_at: null,
} as unknown as Schema<'ApiKey'>;
/** What the API has. */
let there: Schema<'ApiKey'>[];
beforeEach(() => {
  there = [nightly];
});

const queryKey = ['api-keys'];
const queryFn = () => Promise.resolve(there);

function useOwner(): KeyOwner {
  const client = useQueryClient();
  return {
    keys: { queryKey, queryFn },
    spaces: [],
    create: () => Promise.reject(new Error('none is made')),
    rename: () => Promise.resolve(),
    rotate: () => Promise.reject(new Error('none is rotated')),
    revoke: (id) => {
      there = there.filter((key) => key.id !== id);
      return Promise.resolve();
    },
    changed: () => client.invalidateQueries({ queryKey }),
  };
}

function One() {
  const query = useQuery({ queryKey, queryFn });
  return <KeyPage id="key_1" owner={useOwner()} query={query} back={{ to: '/', label: 'All keys' }} />;
}

/** Another screen, where the key is revoked, and then its page. */
function ListThenOne() {
  const [isOpen, setOpen] = useState(false);
  const { menu, dialog } = useKeyActions(useOwner(), there, (id) => id);
  const revoke = menu(nightly).find(({ id }) => id === 'revoke');
  return isOpen ? (
    <One />
  ) : (
    <>
      <button onClick={revoke?.run}>revoke it</button>
      <button onClick={() => setOpen(true)}>look at it</button>
      {dialog}
    </>
  );
}

const title = () => screen.getByRole('heading', { level: 1 }).textContent;

async function confirm(user: ReturnType<typeof userEvent.setup>) {
  await user.click(await screen.findByRole('button', { name: t.keys.revoke.submit }));
  await vi.waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
}

it('keeps the name of a key that is revoked on its page, and says that it is', async () => {
  const user = userEvent.setup();
  renderWithin(<One />);
  await user.click(await screen.findByRole('button', { name: t.common.actionsFor(nightly.name) }));
  await user.click(screen.getByRole('menuitem', { name: t.keys.revoke.action }));
  await confirm(user);
  expect(await screen.findByText(words.revoked)).toBeTruthy();
  expect(screen.getByText(words.revokedBadge)).toBeTruthy();
  expect(title()).toBe(nightly.name);
  expect(document.title).toBe(t.common.pageTitle(nightly.name));
});

it('has the name of a key that was revoked from a list', async () => {
  const user = userEvent.setup();
  renderWithin(<ListThenOne />);
  await user.click(screen.getByRole('button', { name: 'revoke it' }));
  await confirm(user);
  await user.click(screen.getByRole('button', { name: 'look at it' }));
  expect(await screen.findByText(words.revoked)).toBeTruthy();
  expect(title()).toBe(nightly.name);
});

it('keeps the name of a key that goes elsewhere while its page is open, and claims no more', async () => {
  const { client } = renderWithin(<One />);
  await vi.waitFor(() => expect(title()).toBe(nightly.name));
  there = [];
  await act(() => client.invalidateQueries());
  expect(await screen.findByText(words.gone)).toBeTruthy();
  expect(screen.queryByText(words.revokedBadge)).toBeNull();
  expect(title()).toBe(nightly.name);
});

it('calls a key that it never saw a key, and not all of them', async () => {
  there = [];
  renderWithin(<One />);
  expect(await screen.findByText(words.gone)).toBeTruthy();
  expect(title()).toBe(words.unknown);
});

it('tells the next person nothing', async () => {
  const user = userEvent.setup();
  const { client } = renderWithin(<ListThenOne />);
  await user.click(screen.getByRole('button', { name: 'revoke it' }));
  await confirm(user);
  client.clear();
  await user.click(screen.getByRole('button', { name: 'look at it' }));
  expect(await screen.findByText(words.gone)).toBeTruthy();
  expect(document.body.textContent).not.toContain(nightly.name);
});
