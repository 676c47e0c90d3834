import { expect, it } from 'vitest';
import { differences } from './policy-changes';
import { formOf, type Policy, rebased } from './policy-form';

const before: Policy = {
  session_seconds: 900,
  refresh_idle_seconds: 604_800,
  refresh_absolute_seconds: 2_592_000,
  api_keys_allowed: true,
  max_key_age_days: null,
  allowed_addresses: null,
};
const inShort = (theirs: Policy, change: Partial<ReturnType<typeof formOf>>) => {
  const mine = rebased(before, theirs, { ...formOf(before), ...change });
  return differences(before, theirs, mine).map(({ part, before: was, theirs: is, mine: wanted }) => [
    part,
    was,
    is,
    wanted,
  ]);
};

it('names what the other changed and what I changed, and nothing else', () => {
  const theirs = { ...before, session_seconds: 600, max_key_age_days: 90 };
  expect(inShort(theirs, { keys: false, access: { amount: '5', unit: 'minutes' } })).toEqual([
    ['access', '15 minutes', '10 minutes', '5 minutes'],
    ['keys', 'Yes', 'Yes', 'No'],
    ['age', 'Any', '90 days', '90 days'],
  ]);
  expect(inShort(before, {})).toEqual([]);
});

it('tells what was typed though it is nothing that could be saved', () => {
  const networks = '203.0.113.0/24\nnonsense';
  expect(inShort(before, { idle: { amount: ' x ', unit: 'days' }, from: 'only', networks })).toEqual([
    ['idle', '7 days', '7 days', 'x days'],
    ['networks', 'From anywhere', 'From anywhere', '203.0.113.0/24, nonsense'],
  ]);
});
