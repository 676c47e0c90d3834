import type { Schema } from '../api/client';
import type { paths } from '../api/schema';
import { t } from '../strings';

export type Event = Schema<'AuditEvent'>;
/** What the list and the export are asked for. */
export type AuditQuery = NonNullable<paths['/admin/audit/export']['get']['parameters']['query']>;

export const PERIODS = { day: 1, week: 7, month: 30, quarter: 90 } as const;
export type Period = keyof typeof PERIODS | 'custom';
const DAY_MS = 86_400_000;
const TARGET_LIMIT = 64;

/** The filters as they stand in the page's address; empty is any. Times are those of the API. */
export type Filters = {
  period: Period;
  from: string;
  to: string;
  actor: string;
  action: string;
  target: string;
};
export const NO_FILTERS: Filters = {
  period: 'quarter',
  from: '',
  to: '',
  actor: '',
  action: '',
  target: '',
};

const isPeriod = (text: string): text is Period => text === 'custom' || Object.hasOwn(PERIODS, text);

export function filtersOf(search: URLSearchParams): Filters {
  const text = (name: string) => search.get(name) ?? '';
  const period = text('period');
  return {
    period: isPeriod(period) ? period : NO_FILTERS.period,
    from: text('from'),
    to: text('to'),
    actor: text('actor'),
    action: text('action'),
    target: text('target'),
  };
}

/** The filters in an address: those that differ from none. */
export function searchOf(filters: Filters): URLSearchParams {
  const names = Object.keys(NO_FILTERS) as (keyof Filters)[];
  return new URLSearchParams(
    names.filter((name) => filters[name] !== NO_FILTERS[name]).map((name) => [name, filters[name]]),
  );
}

/** RFC 3339 in UTC, to the second, as the API has it. */
export const momentOf = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

export function queryOf(filters: Filters, now: number): AuditQuery {
  const { period, from, to, actor, action, target } = filters;
  const times =
    period === 'custom'
      ? { ...(from !== '' && { from }), ...(to !== '' && { to }) }
      : { from: momentOf(now - PERIODS[period] * DAY_MS) };
  return {
    ...times,
    ...(actor !== '' && { actor }),
    ...(action !== '' && { action }),
    ...(target !== '' && { target }),
  };
}

/** What a field of two times holds (`2026-03-01T10:00`), in the browser's time zone, as the API has it. */
export function momentOfLocal(text: string): string | null {
  const time = new Date(text).getTime();
  return text === '' || Number.isNaN(time) ? null : momentOf(time);
}

/** The other way round, for the field. */
export function localOf(moment: string): string {
  const time = new Date(moment);
  if (moment === '' || Number.isNaN(time.getTime())) return '';
  const two = (n: number) => String(n).padStart(2, '0');
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** Something that has an id and another name that people know. */
export type Known = { id: string; name: string; word: string };

/** The id that a text means: of who is known by this word, or the text itself where it can be an id. */
export function idOf(text: string, known: readonly Known[]): string | null {
  const word = text.trim();
  const found = known.find((one) => one.word.toLowerCase() === word.toLowerCase() || one.id === word);
  if (found) return found.id;
  const bytes = new TextEncoder().encode(word).length;
  return /^[a-z]+_[0-9A-Za-z]+$/.test(word) && bytes <= TARGET_LIMIT ? word : null;
}

/** Like `idOf`, of who can do something. */
export function actorOf(text: string, known: readonly Known[]): string | null {
  const word = text.trim();
  if (word === 'system' || word === 'unknown') return word;
  const id = idOf(word, known);
  return id !== null && /^usr_[0-9A-Za-z]{11}$/.test(id) ? id : null;
}

export type Change = { field: string; before: string | null; after: string | null };

/** An event's details: what was before and is after by field, and the rest. */
export function told(details: Event['details']): { changes: Change[]; rest: [string, string][] } {
  const changes = new Map<string, Change>();
  const rest: [string, string][] = [];
  for (const [name, value] of Object.entries(details).sort(([a], [b]) => a.localeCompare(b))) {
    const side = /^(.+)\.(before|after)$/.exec(name);
    const field = side?.[1];
    if (field === undefined) {
      rest.push([name, value]);
    } else {
      const change = changes.get(field) ?? { field, before: null, after: null };
      changes.set(field, { ...change, [side?.[2] === 'before' ? 'before' : 'after']: value });
    }
  }
  return { changes: [...changes.values()], rest };
}

/** An action in words; one that this console does not know yet as it is. */
export function actionText(action: string): string {
  const words: Record<string, string> = { ...t.admin.audit.actions, ...t.admin.audit.kinds };
  return Object.hasOwn(words, action) ? (words[action] ?? action) : action;
}
