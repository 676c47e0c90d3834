import { expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { beginning, type Exported, nextQuery, readAll } from './audit-export';
import {
  actionText,
  actorOf,
  filtersOf,
  idOf,
  localOf,
  momentOfLocal,
  NO_FILTERS,
  queryOf,
  searchOf,
  told,
} from './audit-query';

const get = vi.hoisted(() =>
  vi.fn<(path: string, asked: { params: { query: object } }) => Promise<unknown>>(),
);
vi.mock('../api/client', () => ({ api: { GET: get } }));

const NOW = Date.parse('2026-03-31T12:00:00.123Z');
const ADA = { id: 'usr_0123456789a', name: 'Ada', word: 'ada@example.test' };
const SPACE = { id: 'spc_0123456789a', name: 'Shop', word: 'shop' };

it('keeps filters in the address, and no others', () => {
  expect(searchOf(NO_FILTERS).toString()).toBe('');
  const filters = { ...NO_FILTERS, period: 'week' as const, actor: ADA.id, action: 'api_key.' };
  expect(filtersOf(searchOf(filters))).toEqual(filters);
  expect(filtersOf(new URLSearchParams('period=toString&other=1'))).toEqual(NO_FILTERS);
});

it('asks the API for what the filters say', () => {
  expect(queryOf(NO_FILTERS, NOW)).toEqual({ from: '2025-12-31T12:00:00Z' });
  const times = { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' };
  expect(queryOf({ ...NO_FILTERS, ...times, period: 'custom', target: SPACE.id }, NOW)).toEqual({
    ...times,
    target: SPACE.id,
  });
});

it('takes times of the browser’s zone', () => {
  const moment = momentOfLocal('2026-03-01T10:30');
  expect(moment).toMatch(/^2026-0[23]-\d\dT\d\d:\d\d:00Z$/);
  expect(localOf(moment ?? '')).toBe('2026-03-01T10:30');
  expect([momentOfLocal(''), momentOfLocal('soon'), localOf('never')]).toEqual([null, null, '']);
});

it('finds ids by what people know', () => {
  expect(actorOf(' ADA@example.test ', [ADA])).toBe(ADA.id);
  expect([actorOf('system', []), actorOf('unknown', [])]).toEqual(['system', 'unknown']);
  expect(actorOf('usr_ZZZZZZZZZZZ', [])).toBe('usr_ZZZZZZZZZZZ');
  expect([actorOf('key_0123456789a', []), actorOf('somebody', [ADA])]).toEqual([null, null]);
  expect(idOf('shop', [ADA, SPACE])).toBe(SPACE.id);
  expect(idOf('key_0123456789a', [])).toBe('key_0123456789a');
  expect([idOf('shop', []), idOf(`key_${'a'.repeat(61)}`, [])]).toEqual([null, null]);
});

it('has words for actions, and shows others as they are', () => {
  expect(actionText('api_key.')).not.toBe('api_key.');
  expect(['new.action', 'toString'].map(actionText)).toEqual(['new.action', 'toString']);
});

it('puts what was before beside what is after', () => {
  expect(
    told({ 'role.after': 'admin', space: 'shop', 'role.before': 'viewer', 'name.after': 'x', before: 'y' }),
  ).toEqual({
    changes: [
      { field: 'name', before: null, after: 'x' },
      { field: 'role', before: 'viewer', after: 'admin' },
    ],
    rest: [
      ['before', 'y'],
      ['space', 'shop'],
    ],
  });
});

it('follows the link of an export', () => {
  const link = '<?from=2026-01-01T00%3A00%3A00Z&action=api_key.&limit=1000&cursor=a%2Bb>; rel="next"';
  expect(nextQuery(link)).toEqual({
    from: '2026-01-01T00:00:00Z',
    action: 'api_key.',
    limit: 1000,
    cursor: 'a+b',
  });
  expect([nextQuery(null), nextQuery('<?cursor=a>; rel="prev"')]).toEqual([null, null]);
});

it('reads an export to its end, and goes on where it failed', async () => {
  const answer = (data: string, cursor?: string) => ({
    data,
    response: new Response(null, {
      headers: cursor === undefined ? {} : { Link: `<?limit=1000&cursor=${cursor}>; rel="next"` },
    }),
  });
  const { signal } = new AbortController();
  let sofar: Exported = beginning({ action: 'user.' });
  const onRead = (more: Exported) => {
    sofar = more;
  };
  get
    .mockResolvedValueOnce(answer('{"id":1}\n{"id":2}\n', 'two'))
    .mockResolvedValueOnce(answer('', 'three'))
    .mockRejectedValueOnce(new ApiError(429, ''));
  await expect(readAll(sofar, signal, onRead)).rejects.toThrow(ApiError);
  expect(sofar).toEqual({
    lines: ['{"id":1}\n{"id":2}\n'],
    events: 2,
    next: { limit: 1000, cursor: 'three' },
  });
  get.mockResolvedValueOnce(answer('{"id":3}\n'));
  const all = await readAll(sofar, signal, onRead);
  expect([all.lines.join(''), all.events, all.next]).toEqual(['{"id":1}\n{"id":2}\n{"id":3}\n', 3, null]);
  expect(get.mock.calls.map(([, asked]) => asked.params.query)).toEqual([
    { action: 'user.', limit: 1000 },
    { limit: 1000, cursor: 'two' },
    { limit: 1000, cursor: 'three' },
    { limit: 1000, cursor: 'three' },
  ]);
});
