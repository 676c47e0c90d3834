import { isInvisible } from '../app/line';

/** In bytes (RFC 5321 §4.5.3.1.3). */
const LONGEST = 254;

/** Whether somebody can be made with this email address: as the API's `input::new_email` has it. */
export function isAddress(text: string): boolean {
  const address = text.toLowerCase();
  const [local = '', domain = '', ...others] = address.split('@');
  const dotted = (part: string) => part.split('.').every((label) => label !== '');
  return (
    others.length === 0 &&
    new TextEncoder().encode(address).length <= LONGEST &&
    !/[\s\p{White_Space}\p{Cc}\p{Cs}\uFFFD<>()[\]\\,;:"]/u.test(address) &&
    !Array.from(address).some(isInvisible) &&
    dotted(local) &&
    dotted(domain) &&
    domain.split('.').every(isName) &&
    !domain.endsWith('.invalid')
  );
}

/** A part of a domain's name: of ASCII only letters, digits and hyphens, and these not at its ends. */
const isName = (label: string): boolean => !/^-|-$|[^-a-z0-9\P{ASCII}]/u.test(label);
