import type { Owner } from '../usage/key-usage';

/** Where the screen of a person, or of a service account, is. */
export const ownerPath = ({ id, kind }: Owner): string =>
  `/admin/${kind === 'human' ? 'users' : 'service-accounts'}/${id}`;

/** Where the screen of somebody's key is. */
export const keyPath = (owner: Owner, key: string): string => `${ownerPath(owner)}/api-keys/${key}`;
