import { characters } from '../auth/strength-rules';
import { t } from '../strings';

/** Of the names of people, accounts and spaces, in characters. */
export const NAME_LIMIT = 200;

/** What shows nothing by itself, from the first to the last: as `shared/auth/src/text.rs` has it. */
const INVISIBLE: readonly (readonly [number, number])[] = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xe0000, 0xe0fff],
];
/** What controls, what turns the direction of what follows, and what stands for what was no character. */
const STRANGE = /[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069\uFFFD]/u;

export function isInvisible(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return INVISIBLE.some(([first, last]) => first <= code && code <= last);
}

/** What is wrong with a name of at most `max` characters, as the API's `input::line` has it. */
export function lineProblem(text: string, max: number): 'empty' | 'long' | 'strange' | null {
  const line = text.trim();
  if (line === '') return 'empty';
  if (characters(line) > max) return 'long';
  return STRANGE.test(line) || Array.from(line).every(isInvisible) ? 'strange' : null;
}

/** The same in words. */
export function lineError(text: string, max: number): string | null {
  const words = { empty: t.common.required, long: t.common.tooLong(max), strange: t.common.strange };
  const problem = lineProblem(text, max);
  return problem && words[problem];
}

/** What is to be said while a name is being written: that it is still missing is not. */
export const writtenError = (text: string, max: number): string | null =>
  text.trim() === '' ? null : lineError(text, max);
