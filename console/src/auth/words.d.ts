/** The package's parts that we use: all of its dictionaries together would be 850 KB to load. */
declare module '@zxcvbn-ts/language-en/dist/*.json.mjs' {
  import type { OptionsType } from '@zxcvbn-ts/core';
  const words: NonNullable<OptionsType['dictionary']>[string];
  export default words;
}
