/**
 * How hard a password is to guess, as the API judges it (`shared/auth/src/password/strength.rs`): the estimator
 * zxcvbn, at least ten powers of ten of guesses, and enough beside the words of its context. It is shown, never
 * enforced: the API has the last word.
 *
 * This module and its words are a chunk of their own, loaded when somebody types a new password.
 */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import commonWords from '@zxcvbn-ts/language-en/dist/commonWords.json.mjs';
import firstNames from '@zxcvbn-ts/language-en/dist/firstnames.json.mjs';
import { characters, MIN_CHARACTERS, type Strength } from './strength-rules';

const MIN_GUESSES_LOG10 = 10;
const MIN_BESIDE_CONTEXT = 8;
const MIN_WORD = 3;

const estimator = new ZxcvbnFactory({
  dictionary: { ...common, commonWords, firstNames },
  graphs: adjacencyGraphs,
});

function words(context: readonly string[]): string[] {
  const all = [...context, 'qarion'].flatMap((text) => {
    const lower = text.toLowerCase();
    return [lower, ...lower.split(/[^\p{L}\p{N}]+/u)];
  });
  return [...new Set(all)].filter((word) => word.length >= MIN_WORD).sort((a, b) => b.length - a.length);
}

function isContext(password: string, own: readonly string[]): boolean {
  const all = password.toLowerCase();
  const rest = own.reduce((text, word) => text.replaceAll(word, ''), all);
  return rest.length < all.length && characters(rest) < MIN_BESIDE_CONTEXT;
}

/** `context` is what belongs to the person: their name, address, organization. */
export function estimate(password: string, context: readonly string[]): Strength {
  const own = words(context);
  if (characters(password) >= MIN_CHARACTERS && isContext(password, own))
    return { level: 1, verdict: 'context' };
  const { guessesLog10 } = estimator.check(password, own);
  if (guessesLog10 >= MIN_GUESSES_LOG10) return { level: 4, verdict: 'strong' };
  return { level: guessesLog10 >= 8 ? 3 : guessesLog10 >= 5 ? 2 : 1, verdict: 'weak' };
}
