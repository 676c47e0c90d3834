import type { ReactNode } from 'react';
import type { Schema } from '../api/client';
import { toast } from '../components/Toasts';
import { useOpen } from '../components/useOpen';
import { t } from '../strings';
import { RenameKey, RotateKey } from './KeyDialogs';
import { KeyForm } from './KeyForm';
import { KeySecret } from './KeySecret';
import type { KeyOwner } from './owner';
import { useSayRevoked } from './revoked';
import { RevokeOwnersKey } from './RevokeKey';

type Key = Schema<'ApiKey'>;
type Open =
  | { kind: 'create' }
  | { kind: 'rename' | 'rotate' | 'revoke'; apiKey: Key }
  | { kind: 'secret'; apiKey: Schema<'ApiKeyWithSecret'> };

/**
 * What can be done to an owner's keys, of which `keys` are known: `dialog` stands in the screen, the others open it.
 * `path` is where the page of one is, on another screen than this.
 */
export function useKeyActions(owner: KeyOwner, keys: readonly Key[], path?: (id: string) => string) {
  const [open, setOpen, close] = useOpen<Open>();
  const sayRevoked = useSayRevoked();
  const words = t.keys;
  // The list may have been read anew since the dialogue was opened.
  const latest = (apiKey: Key) => keys.find(({ id }) => id === apiKey.id) ?? apiKey;

  const menu = (apiKey: Key) => [
    { id: 'rename', label: words.rename.action, run: () => setOpen({ kind: 'rename', apiKey }) },
    {
      id: 'rotate',
      label: words.rotate.action,
      isDisabled: owner.disabled ?? false,
      run: () => setOpen({ kind: 'rotate', apiKey }),
    },
    {
      id: 'revoke',
      label: words.revoke.action,
      danger: true,
      run: () => setOpen({ kind: 'revoke', apiKey }),
    },
  ];

  const reveal = (apiKey: Schema<'ApiKeyWithSecret'>) => {
    setOpen({ kind: 'secret', apiKey });
    void owner.changed();
  };

  let dialog: ReactNode = null;
  if (open?.kind === 'create') {
    const create = async (key: Schema<'ApiKeyCreate'>) => reveal(await owner.create(key));
    dialog = <KeyForm owner={owner} create={create} onClose={close} />;
  } else if (open?.kind === 'secret') {
    dialog = <KeySecret apiKey={open.apiKey} onClose={close} />;
  } else if (open?.kind === 'rename') {
    const apiKey = latest(open.apiKey);
    dialog = (
      <RenameKey
        apiKey={apiKey}
        onClose={close}
        rename={async (name) => {
          await owner.rename(apiKey.id, name);
          await owner.changed();
          close();
          toast(words.rename.done);
        }}
      />
    );
  } else if (open?.kind === 'rotate') {
    const apiKey = latest(open.apiKey);
    const rotate = async (overlap: number) => reveal(await owner.rotate(apiKey.id, overlap));
    dialog = <RotateKey apiKey={apiKey} rotate={rotate} onClose={close} />;
  } else if (open?.kind === 'revoke') {
    const { apiKey } = open;
    dialog = (
      <RevokeOwnersKey
        apiKey={apiKey}
        keys={owner.keys}
        onClose={close}
        revoke={async () => {
          await owner.revoke(apiKey.id);
          await owner.changed();
          close();
          sayRevoked(apiKey, path?.(apiKey.id));
        }}
      />
    );
  }

  return { dialog, menu, create: () => setOpen({ kind: 'create' }) };
}
