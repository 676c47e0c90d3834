import { expect, it, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { prefixOf } from './people-data';
import {
  differenceOf,
  lackingSpaces,
  type OwnSpace,
  type Preview,
  sameStops,
  toldApart,
  type Stopping,
  wholePreview,
} from './user-data';

const user = { id: 'usr_1', name: 'Ada' } as Preview['user'];
const space = (id: string, last_admin = false) => ({ id, last_admin }) as OwnSpace;
const key = (id: string, last_used_at: string | null = null) =>
  ({ api_key: { id, last_used_at }, callers: [] }) as unknown as Stopping;
const preview = (keys: Stopping[], spaces: OwnSpace[] = []): Preview => ({
  user,
  last_organization_admin: false,
  spaces,
  keys,
});

it('reads a preview to its end, the spaces as well as the keys', async () => {
  const page = (keys: Stopping[], spaces: OwnSpace[], next_cursor: string | null) => ({
    ...preview(keys, spaces),
    api_keys: keys,
    next_cursor,
  });
  const read = vi
    .fn<(cursor: string | null) => Promise<ReturnType<typeof page>>>()
    .mockResolvedValueOnce(page([key('a')], [space('s')], '1'))
    .mockResolvedValueOnce(page([], [space('t', true)], '2'))
    .mockResolvedValueOnce(page([key('b')], [], null));
  const whole = await wholePreview(read);
  expect(read.mock.calls).toEqual([[null], ['1'], ['2']]);
  expect(whole.keys.map(({ api_key }) => api_key.id)).toEqual(['a', 'b']);
  expect(whole.spaces.map(({ id }) => id)).toEqual(['s', 't']);
});

it('sees what a person has to look at again', () => {
  const one = preview([key('a'), key('b')], [space('s')]);
  expect(sameStops(one, preview([key('b', '2026-01-01T00:00:00Z'), key('a')], [space('s')]))).toBe(true);
  expect(sameStops(one, preview([key('a'), key('b'), key('c')], [space('s')]))).toBe(false);
  expect(sameStops(one, preview([key('a'), key('b')], [space('s', true)]))).toBe(false);
  expect(sameStops(one, { ...one, last_organization_admin: true })).toBe(false);
});

it('tells accounts of one name apart, and names them in order', () => {
  const accounts = [
    { id: 'usr_3', name: 'zeta' },
    { id: 'usr_2', name: 'build' },
    { id: 'usr_1', name: 'build' },
  ];
  expect(toldApart(accounts)).toEqual([
    { value: 'usr_1', label: 'build · usr_1' },
    { value: 'usr_2', label: 'build · usr_2' },
    { value: 'usr_3', label: 'zeta' },
  ]);
});

it('asks a person about a move that changes what a key may do, and about no other conflict', () => {
  const conflict = (detail: string) => differenceOf(new ApiError(409, detail));
  expect(conflict('The service account may do less than the user in north')).toBe('loss');
  expect(conflict('The service account may do more than the user in north and 2 more')).toBe('gain');
  expect(conflict('The key made more than 20 keys that are still good')).toBeNull();
  expect(differenceOf(new ApiError(422, 'may do less'))).toBeNull();
});

it('knows in which spaces an account may do less', () => {
  const lacking = (change: string) =>
    lackingSpaces(new ApiError(409, `The service account may do ${change}`));
  expect(lacking('less than the user in north')).toEqual(['north']);
  expect(lacking('less than the user in the organization, north, south and 3 more')).toEqual([
    'north',
    'south',
  ]);
  expect(lacking('less than the user in the organization')).toEqual([]);
  expect(lacking('more than the user in north')).toEqual([]);
});

it('looks for addresses that there can be', () => {
  expect(prefixOf('  Ada@ ')).toBe('Ada@');
  expect(prefixOf('')).toBe('');
  expect(prefixOf('ada lovelace')).toBeNull();
  expect(prefixOf('ä'.repeat(127))).not.toBeNull();
  expect(prefixOf('ä'.repeat(128))).toBeNull();
});
