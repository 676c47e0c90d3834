import { lines } from '../keys/values';
import { t } from '../strings';
import { type Form, formOf, type Policy, type Span } from './policy-form';

const words = t.admin.policy;

/** What is called by one name in the form: a limit and whether there is one are one thing. */
type Part = 'access' | 'idle' | 'absolute' | 'keys' | 'age' | 'networks';
const LABELS: Record<Part, string> = {
  access: words.access,
  idle: words.idle,
  absolute: words.absolute,
  keys: words.keysAllowed,
  age: words.age,
  networks: words.from,
};

/** A part of the policy as it was, as somebody else made it, and as it is written now. */
export type Difference = { part: Part; label: string; before: string; theirs: string; mine: string };

/** What somebody else changed since `before`, and what of `mine` is not as they have it. */
export function differences(before: Policy, theirs: Policy, mine: Form): Difference[] {
  const [was, is, wanted] = [told(formOf(before)), told(formOf(theirs)), told(mine)];
  return (Object.keys(LABELS) as Part[])
    .filter((part) => was[part] !== is[part] || is[part] !== wanted[part])
    .map((part) => ({
      part,
      label: LABELS[part],
      before: was[part],
      theirs: is[part],
      mine: wanted[part],
    }));
}

/** A form in words, whatever was typed into it. */
function told(form: Form): Record<Part, string> {
  return {
    access: spanInWords(form.access),
    idle: spanInWords(form.idle),
    absolute: spanInWords(form.absolute),
    keys: form.keys ? words.yes : words.no,
    age: form.age === 'any' ? words.ages.any : spanInWords({ amount: form.days, unit: 'days' }),
    networks: form.from === 'any' ? words.froms.any : lines(form.networks).join(', '),
  };
}

function spanInWords({ amount, unit }: Span): string {
  const text = amount.trim();
  return /^\d+$/.test(text) ? words.spans[unit](Number(text)) : `${text} ${words.units[unit]}`;
}
