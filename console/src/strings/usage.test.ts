import { expect, it } from 'vitest';
import { usage } from './usage';

const { lookedAt } = usage.suspicious;

it.each([
  [1, 1, '1 key was used in this time, and was looked at.'],
  [3, 3, 'All 3 keys that were used in this time were looked at.'],
  [20, 31, '31 keys were used;'],
  [3, null, 'More were used than are read here;'],
])('%s of %s keys', (looked, used, said) => {
  expect(lookedAt(looked, used)).toContain(said);
});
