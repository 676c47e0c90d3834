import type { Schema } from '../api/client';

type Policy = Schema<'Policy'>;

/** What stands in the fields: minutes, days, a line for each network. Empty is no limit, where there may be none. */
export type Form = {
  token: string;
  idle: string;
  absolute: string;
  keys: boolean;
  age: string;
  addresses: string;
};

const MINUTE = 60;
const DAY = 86_400;

/** As many of the unit as there are, with the whole fraction: what is not touched is saved as it was. */
const shown = (seconds: number, unit: number): string => String(seconds / unit);

export function formOf(policy: Policy): Form {
  return {
    token: shown(policy.session_seconds, MINUTE),
    idle: shown(policy.refresh_idle_seconds, DAY),
    absolute: shown(policy.refresh_absolute_seconds, DAY),
    keys: policy.api_keys_allowed,
    age: policy.max_key_age_days === null ? '' : String(policy.max_key_age_days),
    addresses: (policy.allowed_addresses ?? []).join('\n'),
  };
}

const number = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** The policy that is asked for; `null` where a field holds no number. Its bounds are the API's to judge. */
export function policyOf(form: Form): Policy | null {
  const seconds = [number(form.token) * MINUTE, number(form.idle) * DAY, number(form.absolute) * DAY];
  const age = form.age.trim() === '' ? null : number(form.age);
  const [token, idle, absolute] = seconds.map((each) => Math.round(each));
  if (token === undefined || idle === undefined || absolute === undefined) return null;
  if (![token, idle, absolute, age ?? 0].every(Number.isInteger)) return null;
  const addresses = form.addresses
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return {
    session_seconds: token,
    refresh_idle_seconds: idle,
    refresh_absolute_seconds: absolute,
    api_keys_allowed: form.keys,
    max_key_age_days: age,
    allowed_addresses: addresses.length === 0 ? null : addresses,
  };
}

export type Consequence = 'sessions' | 'keys' | 'age' | 'addresses' | 'anywhere';

/** What of a change ends something at once, or opens the organization to every network. */
export function tightened(before: Policy, after: Policy): Consequence[] {
  const shorter =
    after.session_seconds < before.session_seconds ||
    after.refresh_idle_seconds < before.refresh_idle_seconds ||
    after.refresh_absolute_seconds < before.refresh_absolute_seconds;
  const younger =
    after.max_key_age_days !== null &&
    (before.max_key_age_days === null || after.max_key_age_days < before.max_key_age_days);
  const networks = (policy: Policy) => (policy.allowed_addresses ?? []).join('\n');
  const narrower = after.allowed_addresses !== null && networks(after) !== networks(before);
  const found: [Consequence, boolean][] = [
    ['sessions', shorter],
    ['keys', before.api_keys_allowed && !after.api_keys_allowed],
    ['age', younger],
    ['addresses', narrower],
    ['anywhere', before.allowed_addresses !== null && after.allowed_addresses === null],
  ];
  return found.filter(([, holds]) => holds).map(([consequence]) => consequence);
}
