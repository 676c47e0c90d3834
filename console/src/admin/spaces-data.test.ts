import { expect, it, vi } from 'vitest';
import { isSlug, matching, slugOf } from './spaces-data';

vi.mock('../api/client', () => ({ api: {} }));
vi.mock('../session/react', () => ({ meKey: ['me'] }));

it('suggests a name in paths that the API takes, or none', () => {
  expect(slugOf('Warehouse North')).toBe('warehouse-north');
  expect(slugOf('  Café — Zürich! ')).toBe('cafe-zurich');
  expect(slugOf('倉庫')).toBe('');
  const long = slugOf(`${'a'.repeat(62)} b`);
  expect(long).toBe('a'.repeat(62));
  expect(isSlug(long)).toBe(true);
  expect([isSlug(''), isSlug('A'), isSlug('a_b'), isSlug('a'.repeat(64))]).toEqual(Array(4).fill(false));
});

it('finds people by parts of name and address', () => {
  const people = [
    { name: 'Ada Lovelace', email: 'ada@example.test' },
    { name: 'Adam Smith', email: 'smith@example.test' },
  ];
  expect(matching(people, 'ADA')).toEqual(people);
  expect(matching(people, 'smith ada')).toEqual([people[1]]);
  expect(matching(people, 'nobody')).toEqual([]);
});
