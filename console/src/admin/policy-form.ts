import type { Schema } from '../api/client';
import { lines } from '../keys/values';
import { t } from '../strings';

/** The organization's policy as the API has it, and as somebody writes it. */
export type Policy = Schema<'Policy'>;

export const UNITS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
export type Unit = keyof typeof UNITS;
const GREATEST_FIRST: readonly Unit[] = ['days', 'hours', 'minutes', 'seconds'];
export type Span = { amount: string; unit: Unit };

export type Form = {
  access: Span;
  idle: Span;
  absolute: Span;
  keys: boolean;
  age: 'any' | 'limited';
  days: string;
  from: 'any' | 'only';
  networks: string;
};
export type Field = keyof Form;
export type Wrong = Partial<Record<Field, string>>;

const MOST_NETWORKS = 64;
/** What is suggested where there was no limit before. */
const USUAL_DAYS = '365';

/** Seconds in the greatest unit that holds them without a rest. */
export function spanOf(seconds: number): Span {
  const unit = GREATEST_FIRST.find((one) => seconds % UNITS[one] === 0) ?? 'seconds';
  return { amount: String(seconds / UNITS[unit]), unit };
}

/** `15 minutes`, to the second. */
export function exactly(seconds: number): string {
  const { amount, unit } = spanOf(seconds);
  return t.admin.policy.spans[unit](Number(amount));
}

const whole = (text: string): number | null => (/^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : null);

function secondsOf({ amount, unit }: Span): number | null {
  const number = whole(amount);
  return number === null ? null : number * UNITS[unit];
}

export function formOf(policy: Policy): Form {
  return {
    access: spanOf(policy.session_seconds),
    idle: spanOf(policy.refresh_idle_seconds),
    absolute: spanOf(policy.refresh_absolute_seconds),
    keys: policy.api_keys_allowed,
    age: policy.max_key_age_days === null ? 'any' : 'limited',
    days: policy.max_key_age_days === null ? USUAL_DAYS : String(policy.max_key_age_days),
    from: policy.allowed_addresses === null ? 'any' : 'only',
    networks: policy.allowed_addresses?.join('\n') ?? '',
  };
}

/**
 * What was written as a policy, or what is wrong with it. Whether a network is one, and whether its writer is within
 * it, is the API's to say.
 */
export function policyOf(form: Form): { policy: Policy } | { wrong: Wrong } {
  const words = t.admin.policy.wrong;
  const wrong: Wrong = {};
  const span = (field: 'access' | 'idle' | 'absolute', fits: (seconds: number) => boolean): number => {
    const seconds = secondsOf(form[field]);
    if (seconds === null) wrong[field] = words.number;
    else if (!fits(seconds)) wrong[field] = words[field];
    return seconds ?? 0;
  };
  const access = span('access', (it) => it >= 300 && it <= 3600);
  const absolute = span('absolute', (it) => it >= 3600 && it <= 31_536_000);
  const idle = span('idle', (it) => it >= access && it <= absolute);
  const days = form.age === 'any' ? null : (whole(form.days) ?? 0);
  if (days !== null && (days < 1 || days > 3650)) wrong.days = words.days;
  const networks = form.from === 'any' ? null : lines(form.networks);
  if (networks?.length === 0) wrong.networks = words.networks;
  if (networks !== null && networks.length > MOST_NETWORKS) wrong.networks = words.networksMany;
  if (Object.keys(wrong).length > 0) return { wrong };
  return {
    policy: {
      session_seconds: access,
      refresh_idle_seconds: idle,
      refresh_absolute_seconds: absolute,
      api_keys_allowed: form.keys,
      max_key_age_days: days,
      allowed_addresses: networks,
    },
  };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export function isSame(a: Policy, b: Policy): boolean {
  return (Object.keys(a) as (keyof Policy)[]).every((member) => same(a[member], b[member]));
}

/**
 * What somebody wrote over `before`, over `after`: what they did not touch follows the change of the other. A limit
 * and whether there is one belong together.
 */
export function rebased(before: Policy, after: Policy, mine: Form): Form {
  const old = formOf(before);
  const theirs = formOf(after);
  const untouched = (...fields: Field[]) => fields.every((field) => same(old[field], mine[field]));
  const pick = <Name extends Field>(...fields: Name[]): Pick<Form, Name> => {
    const from = untouched(...fields) ? theirs : mine;
    return Object.fromEntries(fields.map((field) => [field, from[field]])) as Pick<Form, Name>;
  };
  return {
    ...pick('access'),
    ...pick('idle'),
    ...pick('absolute'),
    ...pick('keys'),
    ...pick('age', 'days'),
    ...pick('from', 'networks'),
  };
}

/** Something that a change does at once. One that refuses what is let in now is a `loss`. */
export type Consequence = { id: keyof typeof t.admin.policy.happens; text: string; loss: boolean };

/** What a change of the policy does to sessions and keys that there are. */
export function consequences(before: Policy, after: Policy): Consequence[] {
  const words = t.admin.policy.happens;
  const found: Consequence[] = [];
  const add = (id: Consequence['id'], loss: boolean, time = '') => {
    const word = words[id];
    found.push({ id, loss, text: typeof word === 'string' ? word : word(time) });
  };
  const spans = [
    ['session_seconds', 'accessShorter', 'accessLonger'],
    ['refresh_idle_seconds', 'idleShorter', 'idleLonger'],
    ['refresh_absolute_seconds', 'absoluteShorter', 'absoluteLonger'],
  ] as const;
  for (const [member, shorter, longer] of spans) {
    const time = exactly(after[member]);
    if (after[member] < before[member]) add(shorter, true, time);
    if (after[member] > before[member]) add(longer, false, time);
  }
  if (before.api_keys_allowed && !after.api_keys_allowed) add('keysOff', true);
  if (!before.api_keys_allowed && after.api_keys_allowed) add('keysOn', false);
  const age = (policy: Policy) => policy.max_key_age_days ?? Infinity;
  if (age(after) < age(before)) add('ageShorter', true, exactly(age(after) * UNITS.days));
  if (age(after) > age(before)) add('ageLonger', false);
  const networks = networksChange(before.allowed_addresses, after.allowed_addresses);
  if (networks !== null) add(networks, networks === 'networksFewer' || networks === 'networksOther');
  return found;
}

function networksChange(
  before: Policy['allowed_addresses'],
  after: Policy['allowed_addresses'],
): 'networksFewer' | 'networksOther' | 'networksMore' | 'networksAny' | null {
  if (before === null) return after === null ? null : 'networksFewer';
  if (after === null) return 'networksAny';
  const gone = before.some((network) => !after.includes(network));
  const come = after.some((network) => !before.includes(network));
  if (gone) return come ? 'networksOther' : 'networksFewer';
  return come ? 'networksMore' : null;
}

/** Of these keys, those whose secret is older than so many days, the oldest first. */
export function tooOld<Key extends { created_at: string; rotated_at: string | null }>(
  keys: readonly Key[],
  days: number,
  now: number,
): Key[] {
  const made = (key: Key) => Date.parse(key.rotated_at ?? key.created_at);
  return keys.filter((key) => now >= made(key) + days * UNITS.days * 1000).sort((a, b) => made(a) - made(b));
}
