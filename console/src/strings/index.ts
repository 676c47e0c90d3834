/**
 * Every word that a person reads, by screen. A translation is another object of the same type; nothing else in the
 * console holds a sentence. What the API says (`detail`, names, device names) is shown as it comes.
 */
import { accounts } from './accounts';
import { admin } from './admin';
import { auth } from './auth';
import { common } from './common';
import { imports } from './imports';
import { keys } from './keys';
import { organization } from './organization';
import { people } from './people';
import { settings } from './settings';
import { usage } from './usage';

export const locale = 'en';
export const t = {
  common,
  auth,
  keys,
  settings,
  admin: { ...admin, ...people, ...organization, ...accounts, usage, imports },
};
