import { expect, it } from 'vitest';
import { inTurns } from './turns';

it('does a few at a time, and answers in the order of the items', async () => {
  let running = 0;
  let most = 0;
  const answers = await inTurns([3, 1, 2, 5, 4], 2, async (n) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setTimeout(done, n));
    running -= 1;
    return n * 10;
  });
  expect(answers).toEqual([30, 10, 20, 50, 40]);
  expect(most).toBe(2);
});

it('fails where one of them fails', async () => {
  const task = (n: number) => (n === 2 ? Promise.reject(new Error('two')) : Promise.resolve(n));
  await expect(inTurns([1, 2, 3], 2, task)).rejects.toThrow('two');
});
