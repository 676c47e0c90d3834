import { useState } from 'react';
import type { Schema } from '../api/client';
import { lineError, writtenError } from '../app/line';
import { FormDialog } from '../components/Dialog';
import { Select, TextField } from '../components/Fields';
import { Notice } from '../components/States';
import { t } from '../strings';
import { MAX_NAME } from './values';

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
      isDisabled={name.trim() === apiKey.name || lineError(name, MAX_NAME) !== null}
    >
      <TextField
        label={t.keys.form.name}
        autoFocus
        isRequired
        value={name}
        onChange={setName}
        error={writtenError(name, MAX_NAME)}
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
      answersOnce
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
