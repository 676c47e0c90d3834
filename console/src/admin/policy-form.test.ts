import { expect, it } from 'vitest';
import { formOf, policyOf, tightened } from './policy-form';

const policy = {
  session_seconds: 900,
  refresh_idle_seconds: 604_800,
  refresh_absolute_seconds: 2_592_000,
  api_keys_allowed: true,
  max_key_age_days: null,
  allowed_addresses: null,
};

it('what was not touched is saved as it was', () => {
  expect(policyOf(formOf(policy))).toEqual(policy);
  for (const seconds of [300, 3600, 7200, 100_000, 31_535_999]) {
    const odd = { ...policy, refresh_idle_seconds: seconds, refresh_absolute_seconds: seconds };
    expect(policyOf(formOf(odd))).toEqual(odd);
  }
  const bound = { ...policy, max_key_age_days: 90, allowed_addresses: ['10.0.0.0/8', '2001:db8::/32'] };
  expect(policyOf(formOf(bound))).toEqual(bound);
});

it('a field that holds no number is no policy', () => {
  expect(policyOf({ ...formOf(policy), token: '' })).toBeNull();
  expect(policyOf({ ...formOf(policy), age: 'old' })).toBeNull();
});

it('only what ends something is named, and what opens everything', () => {
  expect(tightened(policy, policy)).toEqual([]);
  expect(tightened(policy, { ...policy, session_seconds: 3600 })).toEqual([]);
  const strict = {
    ...policy,
    session_seconds: 300,
    api_keys_allowed: false,
    max_key_age_days: 30,
    allowed_addresses: ['10.0.0.0/8'],
  };
  expect(tightened(policy, strict)).toEqual(['sessions', 'keys', 'age', 'addresses']);
  expect(tightened(strict, policy)).toEqual(['anywhere']);
});
