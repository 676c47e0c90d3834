import { expect, it, vi } from 'vitest';
import { personOf } from './audit-data';

type Query = { params: { query: { email_prefix: string } } };
const people = ['ada@example.test', 'ada@example.test.example', 'smith@example.test'];
const ask = vi.hoisted(() => vi.fn<(path: string, query: Query) => Promise<unknown>>());
vi.mock('../api/client', () => ({
  api: { GET: ask },
  body: async (answer: Promise<unknown>) => answer,
}));

it('knows somebody by the whole address alone', async () => {
  ask.mockImplementation((_path, { params }) => {
    const found = people.filter((email) => email.startsWith(params.query.email_prefix.toLowerCase()));
    return Promise.resolve({ users: found.slice(0, 1).map((email) => ({ id: `usr of ${email}`, email })) });
  });
  expect(await personOf(' ADA@example.test ')).toBe('usr of ada@example.test');
  expect(await personOf('smith@example')).toBeNull();
  // What is no address is not asked for.
  expect([await personOf('ada'), await personOf('ada @example.test')]).toEqual([null, null]);
  expect(ask).toHaveBeenCalledTimes(2);
});
