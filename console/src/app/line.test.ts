import { expect, it } from 'vitest';
import { t } from '../strings';
import { lineError, lineProblem, writtenError } from './line';

it('counts a name in characters', () => {
  expect(lineProblem('  ', 5)).toBe('empty');
  expect(lineProblem(' 🏭🏭🏭🏭🏭 ', 5)).toBeNull();
  expect(lineProblem('🏭🏭🏭🏭🏭🏭', 5)).toBe('long');
});

it.each(['a\nb', 'a\u007fb', '\u0085', '\u200b', 'a\u202eb', 'M\ufffd', '\u2066a', '\ud800'])(
  'is no line of text that the API takes: %j',
  (text) => {
    expect(lineProblem(text, 5)).toBe('strange');
  },
);

it.each(['👩\u200d💻', 'می\u200cخ'])('is one where characters are joined: %s', (text) => {
  expect(lineProblem(text, 5)).toBeNull();
});

it('says that a name is missing once that is asked', () => {
  expect(lineError(' ', 5)).toBe(t.common.required);
  expect(writtenError(' ', 5)).toBeNull();
  expect(writtenError('\u200b', 5)).toBe(t.common.strange);
  expect(writtenError('a name', 5)).toBe('At most 5 characters.');
});
