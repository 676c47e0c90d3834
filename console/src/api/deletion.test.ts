import { expect, it, vi } from 'vitest';
import { deleteAll } from './deletion';
import { ApiError } from './errors';

const answer = (status: number, after?: string) => ({
  response: new Response(null, { status, ...(after !== undefined && { headers: { 'Retry-After': after } }) }),
});
const gone = new ApiError(404, '');

/** Deletes with these answers, each of which has to be asked for; answers how long it waited in between. */
async function waits(...answers: (ApiError | { response: Response })[]): Promise<number[]> {
  const waited: number[] = [];
  const ask = vi.fn(() => {
    const next = answers[ask.mock.calls.length - 1];
    return next === undefined || next instanceof ApiError
      ? Promise.reject(next ?? new Error('one more'))
      : Promise.resolve(next);
  });
  const wait = (seconds: number) => {
    waited.push(seconds);
    return Promise.resolve();
  };
  await deleteAll(ask, wait);
  expect(ask).toHaveBeenCalledTimes(answers.length);
  return waited;
}

it('goes on deleting until nothing is left, when it is told to', async () => {
  expect(await waits(answer(204))).toEqual([]);
  expect(await waits(answer(202, '2'), answer(202, '3'), answer(204))).toEqual([2, 3]);
  expect(await waits(answer(202), answer(202, 'soon'), answer(204))).toEqual([1, 1]);
});

it('takes what is gone meanwhile for deleted, and nothing else', async () => {
  expect(await waits(answer(202, '1'), gone)).toEqual([1]);
  await expect(waits(gone)).rejects.toBe(gone);
  const unavailable = new ApiError(503, '');
  await expect(waits(answer(202, '1'), unavailable)).rejects.toBe(unavailable);
});
