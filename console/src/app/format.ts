import { count } from '../strings/plural';
import { locale, t } from '../strings';

const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
// Days are those of UTC, in which the API counts.
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
const shortDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const hour = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
const numbers = new Intl.NumberFormat(locale);

const shares = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });

export const formatNumber = (n: number): string => numbers.format(n);
export const formatCount = count;
/** A part of a whole: `2.4%`. What is there is never told as nothing. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return shares.format(0);
  const least = 0.001;
  return part > 0 && part / whole < least ? `<${shares.format(least)}` : shares.format(part / whole);
}
/** A point in time, in the browser's time zone. */
export const formatTime = (time: string | Date): string => full.format(new Date(time));
export const formatDay = (time: string | Date): string => day.format(new Date(time));
export const formatShortDay = (time: string | Date): string => shortDay.format(new Date(time));
export const formatHour = (time: string | Date): string => hour.format(new Date(time));

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** `3 days ago`, `in 2 hours`; under a minute it is now. */
export function formatRelative(time: string | Date, now: number): string {
  const seconds = Math.round((new Date(time).getTime() - now) / 1000);
  for (const [unit, length] of UNITS) {
    // From half a step below: a month less a second is a month.
    if (Math.abs(seconds) >= length * 0.97) return relative.format(Math.round(seconds / length), unit);
  }
  return t.common.now;
}
