import { useState } from 'react';
import type { Schema } from '../api/client';
import { formatRelative } from '../app/format';
import { useNow } from '../app/now';
import { FormDialog } from '../components/Dialog';
import { Select, TextField } from '../components/Fields';
import { Notice } from '../components/States';
import { t } from '../strings';
import { KeyList } from './KeyParts';
import { madeBy } from './values';

type Key = Schema<'ApiKey'>;
type Overlap = keyof typeof t.keys.rotate.overlaps;
const OVERLAPS: readonly Overlap[] = ['0', '3600', '86400', '604800'];

export function RenameKey({
  apiKey,
  rename,
  onClose,
}: {
  apiKey: Key;
  rename: (name: string) => Promise<void>;
  onClose: () => void;
}) {
  const words = t.keys.rename;
  const [name, setName] = useState(apiKey.name);
  return (
    <FormDialog
      title={words.title}
      submit={words.submit}
      onSubmit={() => rename(name.trim())}
      onClose={onClose}
      isDisabled={name.trim() === '' || name.trim() === apiKey.name}
    >
      <TextField
        label={t.keys.form.name}
        autoFocus
        isRequired
        maxLength={100}
        value={name}
        onChange={setName}
      />
    </FormDialog>
  );
}

/** Replaces a key's secret; `rotate` shows the new one. */
export function RotateKey({
  apiKey,
  rotate,
  onClose,
}: {
  apiKey: Key;
  rotate: (overlapSeconds: number) => Promise<void>;
  onClose: () => void;
}) {
  const words = t.keys.rotate;
  const [overlap, setOverlap] = useState<Overlap>('86400');
  return (
    <FormDialog
      title={<bdi>{words.title(apiKey.name)}</bdi>}
      submit={words.submit}
      onSubmit={() => rotate(Number(overlap))}
      onClose={onClose}
    >
      <p>{words.text}</p>
      <Select
        label={words.overlap}
        value={overlap}
        onChange={setOverlap}
        options={OVERLAPS.map((value) => ({ value, label: words.overlaps[value] }))}
      />
      {apiKey.previous_secret_expires_at !== null && <Notice kind="warning">{words.previous}</Notice>}
      <p className="small soft">{words.leaked}</p>
    </FormDialog>
  );
}

/** Ends a key, and says before what ends with it. `keys` are all keys of its owner. */
export function RevokeKey({
  apiKey,
  keys,
  revoke,
  onClose,
}: {
  apiKey: Key;
  keys: readonly Key[];
  revoke: () => Promise<void>;
  onClose: () => void;
}) {
  const words = t.keys.revoke;
  const now = useNow();
  const others = madeBy(apiKey.id, keys);
  return (
    <FormDialog
      title={<bdi>{words.title(apiKey.name)}</bdi>}
      submit={others.length === 0 ? words.submit : words.submitMany(others.length + 1)}
      onSubmit={revoke}
      onClose={onClose}
      danger
    >
      <p>{words.text}</p>
      {apiKey.last_used_at === null ? (
        <p className="soft">{words.unused}</p>
      ) : (
        <Notice kind="warning">{words.inUse(formatRelative(apiKey.last_used_at, now))}</Notice>
      )}
      <KeyList title={words.cascade(others.length)} keys={others} />
    </FormDialog>
  );
}
