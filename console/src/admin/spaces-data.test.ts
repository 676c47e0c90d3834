import { expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { deleteSpace, isSlug, matching, nameProblem, slugOf } from './spaces-data';

const ask = vi.hoisted(() => vi.fn<() => Promise<{ response: Response }>>());
vi.mock('../api/client', () => ({ api: { DELETE: ask } }));
vi.mock('../session/react', () => ({ meKey: ['me'] }));

const answer = (status: number) => ({
  response: new Response(null, { status, headers: { 'Retry-After': '2' } }),
});

it('suggests a name in paths that the API takes, or none', () => {
  expect(slugOf('Warehouse North')).toBe('warehouse-north');
  expect(slugOf('  Café — Zürich! ')).toBe('cafe-zurich');
  expect(slugOf('倉庫')).toBe('');
  const long = slugOf(`${'a'.repeat(62)} b`);
  expect(long).toBe('a'.repeat(62));
  expect(isSlug(long)).toBe(true);
  expect([isSlug(''), isSlug('A'), isSlug('a_b'), isSlug('a'.repeat(64))]).toEqual(Array(4).fill(false));
});

it('counts a name in characters', () => {
  expect(nameProblem('  ')).toBe('empty');
  expect(nameProblem('🏭'.repeat(200))).toBeNull();
  expect(nameProblem('🏭'.repeat(201))).toBe('long');
});

it('finds people by parts of name and address', () => {
  const people = [
    { name: 'Ada Lovelace', email: 'ada@example.test' },
    { name: 'Adam Smith', email: 'smith@example.test' },
  ];
  expect(matching(people, 'ADA')).toEqual(people);
  expect(matching(people, 'smith ada')).toEqual([people[1]]);
  expect(matching(people, 'nobody')).toEqual([]);
});

it('goes on deleting until nothing is left', async () => {
  const waited: number[] = [];
  const wait = (seconds: number) => {
    waited.push(seconds);
    return Promise.resolve();
  };
  ask
    .mockResolvedValueOnce(answer(202))
    .mockResolvedValueOnce(answer(202))
    .mockResolvedValueOnce(answer(204));
  await deleteSpace('a', wait);
  expect(waited).toEqual([2, 2]);

  ask.mockResolvedValueOnce(answer(202)).mockRejectedValueOnce(new ApiError(404, ''));
  await deleteSpace('a', wait);

  ask.mockRejectedValueOnce(new ApiError(404, ''));
  await expect(deleteSpace('a', wait)).rejects.toThrow(ApiError);
  expect(ask).toHaveBeenCalledTimes(6);
});
