import { expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { type Answer, countOf, importAll, type Result } from './import-data';

const result = (row: number, status: Result['status'] = 'created'): Result => ({
  row,
  email: `p${row}@example.test`,
  status,
  id: null,
  detail: null,
});
const answer = (rows: number[], next_row: number | null): Answer => ({
  results: rows.map((row) => result(row)),
  next_row,
});

it('goes on where the time of one request did not suffice', async () => {
  const send = vi
    .fn<(from: number) => Promise<Answer>>()
    .mockResolvedValueOnce(answer([1, 2], 3))
    .mockResolvedValueOnce(answer([3], null));
  const heard: number[] = [];
  await importAll(send, 1, (results) => heard.push(...results.map(({ row }) => row)));
  expect(heard).toEqual([1, 2, 3]);
  expect(send.mock.calls).toEqual([[1], [3]]);
});

it('loses no result, and not where it was, when a later request fails', async () => {
  const send = vi
    .fn<(from: number) => Promise<Answer>>()
    .mockResolvedValueOnce(answer([1, 2], 3))
    .mockRejectedValueOnce(new ApiError(503, ''));
  let place: unknown = null;
  const all = importAll(send, 1, (results, next) => {
    place = [results.length, next];
  });
  await expect(all).rejects.toMatchObject({ status: 503 });
  expect(place).toEqual([2, 3]);
});

it('does not ask for ever', async () => {
  const send = () => Promise.resolve(answer([], 1));
  await expect(importAll(send, 1, () => undefined)).rejects.toThrow('stands still');
});

it('counts what became of the rows', () => {
  expect(countOf([result(1), result(2, 'exists'), result(3, 'refused'), result(4)])).toEqual({
    created: 2,
    exists: 1,
    refused: 1,
  });
});
