const rules = new Intl.PluralRules('en');
const numbers = new Intl.NumberFormat('en');

/** `1 key`, `1,234 keys`: a number and the form of a word that goes with it. */
export function count(n: number, one: string, other: string): string {
  return `${numbers.format(n)} ${rules.select(n) === 'one' ? one : other}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(items);
}
