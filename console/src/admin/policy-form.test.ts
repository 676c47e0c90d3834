import { describe, expect, it } from 'vitest';
import {
  consequences,
  exactly,
  type Form,
  formOf,
  isSame,
  type Policy,
  policyOf,
  rebased,
  spanOf,
  tooOld,
} from './policy-form';

const policy: Policy = {
  session_seconds: 900,
  refresh_idle_seconds: 604_800,
  refresh_absolute_seconds: 2_592_000,
  api_keys_allowed: true,
  max_key_age_days: null,
  allowed_addresses: null,
};
const wrongOf = (change: Partial<Form>): string[] => {
  const read = policyOf({ ...formOf(policy), ...change });
  return 'wrong' in read ? Object.keys(read.wrong) : [];
};
const span = (amount: string, unit: 'seconds' | 'minutes' | 'hours' | 'days') => ({ amount, unit });

describe('the form', () => {
  it('loses nothing of a policy', () => {
    const limited = {
      ...policy,
      session_seconds: 3599,
      max_key_age_days: 30,
      allowed_addresses: ['203.0.113.0/24', '2001:db8::/32'],
    };
    for (const one of [policy, limited]) expect(policyOf(formOf(one))).toEqual({ policy: one });
  });

  it('shows time in the greatest unit that fits', () => {
    expect(spanOf(900)).toEqual(span('15', 'minutes'));
    expect(spanOf(3600)).toEqual(span('1', 'hours'));
    expect(spanOf(3601)).toEqual(span('3601', 'seconds'));
    expect([exactly(86_400), exactly(5400)]).toEqual(['1 day', '90 minutes']);
  });

  it('has the bounds of the API', () => {
    expect(wrongOf({})).toEqual([]);
    expect(wrongOf({ access: span('299', 'seconds') })).toEqual(['access']);
    expect(wrongOf({ access: span('300', 'seconds') })).toEqual([]);
    expect(wrongOf({ access: span('61', 'minutes') })).toEqual(['access']);
    expect(wrongOf({ access: span('1.5', 'hours') })).toEqual(['access']);
    expect(wrongOf({ access: span('', 'hours') })).toEqual(['access']);
    expect(wrongOf({ absolute: span('366', 'days') })).toEqual(['absolute']);
    expect(wrongOf({ idle: span('14', 'minutes') })).toEqual(['idle']);
    expect(wrongOf({ idle: span('15', 'minutes') })).toEqual([]);
    expect(wrongOf({ idle: span('31', 'days') })).toEqual(['idle']);
    expect(wrongOf({ age: 'limited', days: '0' })).toEqual(['days']);
    expect(wrongOf({ age: 'limited', days: '3650' })).toEqual([]);
    expect(wrongOf({ age: 'limited', days: '3651' })).toEqual(['days']);
    expect(wrongOf({ age: 'any', days: 'nonsense' })).toEqual([]);
    expect(wrongOf({ from: 'only', networks: ' \n' })).toEqual(['networks']);
    const many = Array.from({ length: 65 }, (_, n) => `192.0.2.${n}`);
    expect(wrongOf({ from: 'only', networks: many.join('\n') })).toEqual(['networks']);
    expect(wrongOf({ from: 'only', networks: many.slice(1).join('\n') })).toEqual([]);
  });
});

it('keeps what I changed and follows what another changed', () => {
  const theirs = { ...policy, session_seconds: 600, allowed_addresses: ['203.0.113.0/24'] };
  const mine = { ...formOf(policy), keys: false };
  const read = policyOf(rebased(policy, theirs, mine));
  expect(read).toEqual({ policy: { ...theirs, api_keys_allowed: false } });

  const both = { ...formOf(policy), access: span('5', 'minutes') };
  expect(rebased(policy, theirs, both).access).toEqual(span('5', 'minutes'));

  // A limit goes with whether there is one.
  const limit = { ...formOf(policy), age: 'limited' as const, days: '90' };
  expect(policyOf(rebased(policy, { ...policy, max_key_age_days: 30 }, limit))).toEqual({
    policy: { ...policy, max_key_age_days: 90 },
  });
});

it('compares policies by their values', () => {
  const some = { ...policy, allowed_addresses: ['203.0.113.0/24'] };
  expect(isSame(some, { ...some, allowed_addresses: ['203.0.113.0/24'] })).toBe(true);
  expect(isSame(some, policy)).toBe(false);
});

describe('consequences', () => {
  const happens = (before: Partial<Policy>, after: Partial<Policy>) =>
    consequences({ ...policy, ...before }, { ...policy, ...after }).map(({ id, loss }) => [id, loss]);

  it('are none without a change', () => expect(happens({}, {})).toEqual([]));

  it('name each tightening as a loss, and each loosening', () => {
    const tight: Policy = {
      session_seconds: 300,
      refresh_idle_seconds: 3600,
      refresh_absolute_seconds: 86_400,
      api_keys_allowed: false,
      max_key_age_days: 30,
      allowed_addresses: ['203.0.113.0/24'],
    };
    expect(happens({}, tight)).toEqual([
      ['accessShorter', true],
      ['idleShorter', true],
      ['absoluteShorter', true],
      ['keysOff', true],
      ['ageShorter', true],
      ['networksFewer', true],
    ]);
    expect(happens(tight, {})).toEqual([
      ['accessLonger', false],
      ['idleLonger', false],
      ['absoluteLonger', false],
      ['keysOn', false],
      ['ageLonger', false],
      ['networksAny', false],
    ]);
  });

  it('tell which way a list of networks goes', () => {
    const networks = (before: string[], after: string[]) =>
      happens({ allowed_addresses: before }, { allowed_addresses: after });
    expect(networks(['a', 'b'], ['b'])).toEqual([['networksFewer', true]]);
    expect(networks(['a'], ['a', 'b'])).toEqual([['networksMore', false]]);
    expect(networks(['a'], ['b'])).toEqual([['networksOther', true]]);
    expect(networks(['a', 'b'], ['b', 'a'])).toEqual([]);
  });
});

it('counts a key’s age from its last rotation, to the second', () => {
  const now = Date.parse('2026-03-31T00:00:00Z');
  const key = (created_at: string, rotated_at: string | null = null) => ({ created_at, rotated_at });
  const old = key('2026-01-01T00:00:00Z');
  const edge = key('2026-03-01T00:00:00Z');
  const young = key('2026-03-01T00:00:01Z');
  const rotated = key('2025-01-01T00:00:00Z', '2026-03-30T00:00:00Z');
  expect(tooOld([young, edge, rotated, old], 30, now)).toEqual([old, edge]);
});
