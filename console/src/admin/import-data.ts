import { api, body, type Schema } from '../api/client';
import type { Format } from './import-rows';

export type Answer = Schema<'ImportResult'>;
export type Result = Answer['results'][number];

/** Sends the rows from one on. */
export type Send = (from: number) => Promise<Answer>;

export const sender =
  (text: string, format: Format): Send =>
  (from) =>
    body(
      api.POST('/admin/users/import', {
        params: { query: { from_row: from } },
        body: text,
        bodySerializer: (content) => content,
        headers: { 'Content-Type': format },
      }),
    );

/**
 * Sends the same rows until each has a result. One request does what its time suffices for; `heard` is told of the
 * results as they come, and of the row to go on from, if one of the next requests fails.
 */
export async function importAll(
  send: Send,
  from: number,
  heard: (results: readonly Result[], next: number | null) => void,
): Promise<void> {
  let next: number | null = from;
  while (next !== null) {
    const answer: Answer = await send(next);
    heard(answer.results, answer.next_row);
    if (answer.next_row !== null && answer.next_row <= next)
      throw new TypeError('an import that stands still');
    next = answer.next_row;
  }
}

export function countOf(results: readonly Result[]): Record<Result['status'], number> {
  const counts = { created: 0, exists: 0, refused: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}
