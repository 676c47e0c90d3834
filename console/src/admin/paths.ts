import type { Owner } from '../usage/key-usage';

/** Where the screen of a person, or of a service account, is. */
export const ownerPath = ({ id, kind }: Owner): string =>
  kind === 'human' ? `/admin/users/${id}` : '/admin/service-accounts';

/** Where the screen of somebody's key is. */
export const keyPath = ({ id, kind }: Owner, key: string): string =>
  `/admin/${kind === 'human' ? 'users' : 'service-accounts'}/${id}/api-keys/${key}`;
