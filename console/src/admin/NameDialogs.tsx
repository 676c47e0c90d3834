import { type ReactNode, useState } from 'react';
import { FormDialog } from '../components/Dialog';
import { TextField } from '../components/Fields';
import { t } from '../strings';
import '../styles/organization.css';
import { nameProblem } from './spaces-data';

const words = t.admin.names;

/** What is wrong with the name of a space or an account, in words. */
export function nameError(name: string): string | null {
  const problem = nameProblem(name);
  if (problem === null) return null;
  return problem === 'empty' ? t.common.required : words.tooLong;
}

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
  const wrong = nameError(name);
  return (
    <FormDialog
      title={title}
      submit={words.rename}
      isDisabled={wrong !== null || name.trim() === before}
      onClose={onClose}
      onSubmit={() => rename(name.trim())}
    >
      <TextField
        label={words.name}
        autoFocus
        isRequired
        value={name}
        onChange={setName}
        error={name.trim() === '' ? null : wrong}
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
