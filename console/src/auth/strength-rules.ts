/** As `infra/openapi.yaml` has it for `new_password`, in characters and not in UTF-16 units. */
export const MIN_CHARACTERS = 15;
export const MAX_CHARACTERS = 128;

/** As the API counts them: code points. */
export function characters(text: string): number {
  return Array.from(text).length;
}

export type Strength = { level: 1 | 2 | 3 | 4; verdict: 'weak' | 'context' | 'strong' };
