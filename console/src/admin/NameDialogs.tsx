import { type ReactNode, useState } from 'react';
import { lineError, NAME_LIMIT, writtenError } from '../app/line';
import { FormDialog } from '../components/Dialog';
import { TextField } from '../components/Fields';
import { t } from '../strings';
import '../styles/organization.css';

const words = t.admin.names;

export function RenameDialog({
  title,
  name: before,
  rename,
  onClose,
}: {
  title: string;
  name: string;
  rename: (name: string) => Promise<void>;
  onClose: () => void;
}) {
  const [name, setName] = useState(before);
  return (
    <FormDialog
      title={title}
      submit={words.rename}
      isDisabled={lineError(name, NAME_LIMIT) !== null || name.trim() === before}
      onClose={onClose}
      onSubmit={() => rename(name.trim())}
    >
      <TextField
        label={words.name}
        autoFocus
        isRequired
        value={name}
        onChange={setName}
        error={writtenError(name, NAME_LIMIT)}
      />
    </FormDialog>
  );
}

/** Deletes what nothing brings back: says what ends with it, and asks for a text to be typed. */
export function DeleteDialog({
  title,
  submit,
  consequences,
  forEver,
  typed: wanted,
  remove,
  onClose,
  isDisabled = false,
  children,
}: {
  title: string;
  submit: string;
  consequences: readonly string[];
  forEver: string;
  /** What has to be typed. */
  typed: string;
  remove: () => Promise<void>;
  onClose: () => void;
  isDisabled?: boolean;
  /** Under the consequences. */
  children?: ReactNode;
}) {
  const [typed, setTyped] = useState('');
  return (
    <FormDialog
      title={<bdi>{title}</bdi>}
      submit={submit}
      danger
      isDisabled={isDisabled || typed.trim().toLowerCase() !== wanted.toLowerCase()}
      onClose={onClose}
      onSubmit={remove}
    >
      <ul className="consequences">
        {consequences.map((consequence) => (
          <li key={consequence}>{consequence}</li>
        ))}
      </ul>
      {children}
      <p>{forEver}</p>
      <TextField
        label={words.confirm(wanted)}
        spellCheck="false"
        autoComplete="off"
        value={typed}
        onChange={setTyped}
      />
    </FormDialog>
  );
}
