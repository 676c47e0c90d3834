import { type ReactNode, useState } from 'react';
import { api, body, type Schema } from '../api/client';
import { toast } from '../components/Toasts';
import { RenameKey, RevokeKey, RotateKey } from '../keys/KeyDialogs';
import { KeyForm } from '../keys/KeyForm';
import { KeySecret } from '../keys/KeySecret';
import { useKnownMe } from '../session/react';
import { t } from '../strings';
import { useKeysChanged } from './keys-data';

type Key = Schema<'ApiKey'>;
type Open =
  | { kind: 'create' }
  | { kind: 'rename' | 'rotate' | 'revoke'; apiKey: Key }
  | { kind: 'secret'; apiKey: Schema<'ApiKeyWithSecret'> };

/** What can be done to a person's own keys: `dialog` stands in the screen, the others open it. */
export function useKeyActions(keys: readonly Key[], onRevoked?: () => void) {
  const me = useKnownMe();
  const changed = useKeysChanged();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const words = t.keys;

  const menu = (apiKey: Key) => [
    { id: 'rename', label: words.rename.action, run: () => setOpen({ kind: 'rename', apiKey }) },
    { id: 'rotate', label: words.rotate.action, run: () => setOpen({ kind: 'rotate', apiKey }) },
    {
      id: 'revoke',
      label: words.revoke.action,
      danger: true,
      run: () => setOpen({ kind: 'revoke', apiKey }),
    },
  ];

  let dialog: ReactNode = null;
  if (open?.kind === 'create') {
    dialog = (
      <KeyForm
        spaces={me.spaces}
        onClose={close}
        create={async (key) => {
          const made = await body(api.POST('/api-keys', { body: key }));
          setOpen({ kind: 'secret', apiKey: made });
          void changed();
        }}
      />
    );
  } else if (open?.kind === 'secret') {
    dialog = <KeySecret apiKey={open.apiKey} onClose={close} />;
  } else if (open?.kind === 'rename') {
    const { apiKey } = open;
    dialog = (
      <RenameKey
        apiKey={apiKey}
        onClose={close}
        rename={async (name) => {
          await api.PATCH('/api-keys/{id}', { params: { path: { id: apiKey.id } }, body: { name } });
          await changed();
          close();
          toast(words.rename.done);
        }}
      />
    );
  } else if (open?.kind === 'rotate') {
    const { apiKey } = open;
    dialog = (
      <RotateKey
        apiKey={apiKey}
        onClose={close}
        rotate={async (overlap) => {
          const rotated = await body(
            api.POST('/api-keys/{id}/rotate', {
              params: { path: { id: apiKey.id } },
              body: { overlap_seconds: overlap },
            }),
          );
          setOpen({ kind: 'secret', apiKey: rotated });
          void changed();
        }}
      />
    );
  } else if (open?.kind === 'revoke') {
    const { apiKey } = open;
    dialog = (
      <RevokeKey
        apiKey={apiKey}
        keys={keys}
        onClose={close}
        revoke={async () => {
          await api.DELETE('/api-keys/{id}', { params: { path: { id: apiKey.id } } });
          close();
          toast(words.revoke.done(apiKey.name));
          onRevoked?.();
          await changed();
        }}
      />
    );
  }

  return { dialog, menu, create: () => setOpen({ kind: 'create' }) };
}
