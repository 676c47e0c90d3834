import { api } from '../api/client';
import type { AuditQuery } from './audit-query';

/** An export as far as it has been read: what goes on from `next`, until that is `null`. */
export type Exported = { lines: readonly string[]; events: number; next: AuditQuery | null };

/** Events in one answer, the most that the API gives. */
const LIMIT = 1000;

export const beginning = (query: AuditQuery): Exported => ({
  lines: [],
  events: 0,
  next: { ...query, limit: LIMIT },
});

/**
 * The query that a `Link` with `rel="next"` leads to (RFC 8288): the same one, with its times written out, from behind
 * the last event.
 */
export function nextQuery(link: string | null): AuditQuery | null {
  const target = /<\?([^>]*)>\s*;\s*rel="next"/.exec(link ?? '')?.[1];
  if (target === undefined) return null;
  const { limit, ...rest } = Object.fromEntries(new URLSearchParams(target));
  return { ...rest, limit: Number(limit ?? LIMIT) };
}

/** Reads one answer more. */
async function readOn(sofar: Exported, next: AuditQuery, signal: AbortSignal): Promise<Exported> {
  const { data = '', response } = await api.GET('/admin/audit/export', {
    params: { query: next },
    parseAs: 'text',
    signal,
  });
  return {
    lines: data === '' ? sofar.lines : [...sofar.lines, data],
    events: sofar.events + data.split('\n').filter((line) => line !== '').length,
    next: nextQuery(response.headers.get('Link')),
  };
}

/**
 * Reads all that is left. `onRead` is told of each answer, so that a failure loses none of them.
 *
 * @throws ApiError, or the signal's reason
 */
export async function readAll(
  begun: Exported,
  signal: AbortSignal,
  onRead: (sofar: Exported) => void,
): Promise<Exported> {
  let sofar = begun;
  while (sofar.next !== null) {
    sofar = await readOn(sofar, sofar.next, signal);
    signal.throwIfAborted();
    onRead(sofar);
  }
  return sofar;
}
