import { expect, it } from 'vitest';
import { isAddress } from './address';

it.each(['ada@example.test', 'a.b+c@x-y.test', "o'hara@localhost", 'Änne@bücher.test', '用户@例子.test'])(
  'somebody is made with %s',
  (text) => expect(isAddress(text)).toBe(true),
);

it.each([
  'ada',
  'ada@',
  '@example.test',
  'a@b@c.test',
  'a b@c.test',
  'a\u0085@c.test',
  'a\u200b@b.test',
  'a\ufffd@b.test',
  'foo<x@evil.test',
  '"a"@b.test',
  'a,b@c.test',
  '.a@b.test',
  'x@b..c',
  'x@-b.test',
  'x@b_c.test',
  'x@a.invalid',
  `${'a'.repeat(253)}@b`,
])('nobody is made with %j', (text) => expect(isAddress(text)).toBe(false));
