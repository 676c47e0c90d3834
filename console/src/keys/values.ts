import type { Schema } from '../api/client';
import { sameIds } from '../app/reread';

type Key = Schema<'ApiKey'>;
export type Expiry = 'never' | 'd7' | 'd30' | 'd90' | 'd365' | 'date';

const DAY_MS = 86_400_000;
const DAYS = { d7: 7, d30: 30, d90: 90, d365: 365 };

/** Of a key's name, in characters. */
export const MAX_NAME = 100;

/** RFC 3339 in UTC, to the second, as the API has it. */
function timestamp(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * When a new key ends: `null` for the organization's limit or never, `undefined` where the day is none or over.
 * A day is one of the browser's time zone, and the key ends at its end.
 */
export function expiresAt(expiry: Expiry, day: string, now: number): string | null | undefined {
  if (expiry === 'never') return null;
  if (expiry !== 'date') return timestamp(new Date(now + DAYS[expiry] * DAY_MS));
  const end = new Date(`${day}T23:59:59`);
  return Number.isNaN(end.getTime()) || end.getTime() <= now ? undefined : timestamp(end);
}

/** What stands in the lines of a text, or between its commas and spaces. */
export function lines(text: string): string[] {
  return text.split(/[\s,]+/).filter((line) => line !== '');
}

/** The keys that end with `id` because it made them, or one of them did. */
export function madeBy(id: string, keys: readonly Key[]): Key[] {
  const found: Key[] = [];
  const makers = [id];
  for (let maker = makers.pop(); maker !== undefined; maker = makers.pop()) {
    for (const key of keys) {
      if (key.created_by_key === maker && key.id !== id && !found.includes(key)) {
        found.push(key);
        makers.push(key.id);
      }
    }
  }
  return found;
}

/** Whether revoking `id` ends the same by both lists, and it was used by both or by neither. */
export function sameEnds(id: string, one: readonly Key[], other: readonly Key[]): boolean {
  const isUsed = (keys: readonly Key[]) => keys.some((key) => key.id === id && key.last_used_at !== null);
  return isUsed(one) === isUsed(other) && sameIds(madeBy(id, one), madeBy(id, other));
}

/** What is to be said of a key's end at `now`. */
export function expiryOf(key: Pick<Key, 'expires_at'>, now: number): 'none' | 'later' | 'soon' | 'expired' {
  if (key.expires_at === null) return 'none';
  const left = Date.parse(key.expires_at) - now;
  if (left <= 0) return 'expired';
  return left < 7 * DAY_MS ? 'soon' : 'later';
}

/** The keys that work at `now`, if their owner does. */
export function liveKeys<Some extends Pick<Key, 'expires_at'>>(keys: readonly Some[], now: number): Some[] {
  return keys.filter((key) => expiryOf(key, now) !== 'expired');
}

/** When one of the keys was last used. */
export function lastUseOf(keys: readonly Pick<Key, 'last_used_at'>[]): string | null {
  const uses = keys.flatMap(({ last_used_at }) => last_used_at ?? []);
  return uses.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1) ?? null;
}

/** A line for a shell: single quotes hold everything but themselves. */
export function curl(root: string, key: string): string {
  return `curl '${root.replaceAll("'", '%27')}/users/me' -H 'Authorization: Bearer ${key}'`;
}
