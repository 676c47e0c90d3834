import { useState } from 'react';
import { api, body } from '../api/client';
import { FormDialog } from '../components/Dialog';
import { TextField } from '../components/Fields';
import { toast } from '../components/Toasts';
import { t } from '../strings';
import { deleteSpace, isSlug, nameProblem, slugOf, type Space, useSpacesChanged } from './spaces-data';

const words = t.admin.spaces;

function nameError(name: string): string | null {
  const problem = nameProblem(name);
  if (problem === null) return null;
  return problem === 'empty' ? t.common.required : words.nameTooLong;
}

export function CreateSpace({
  onClose,
  onCreated,
}: {
  onClose: () => void;
  onCreated: (space: Space) => void;
}) {
  const [name, setName] = useState('');
  // Follows the name until somebody writes another one.
  const [written, setWritten] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const changed = useSpacesChanged();
  const slug = written ?? slugOf(name);
  const wrong = { name: nameError(name), slug: isSlug(slug) ? null : words.create.slugWrong };
  return (
    <FormDialog
      title={words.create.title}
      submit={words.create.action}
      onClose={onClose}
      onSubmit={async () => {
        setTried(true);
        if (wrong.name !== null || wrong.slug !== null) return;
        const space = await body(api.POST('/admin/spaces', { body: { name: name.trim(), slug } }));
        onClose();
        toast(words.create.done);
        onCreated(space);
        await changed();
      }}
    >
      <TextField
        label={words.name}
        autoFocus
        isRequired
        value={name}
        onChange={setName}
        error={tried ? wrong.name : null}
      />
      <TextField
        label={words.create.slug}
        help={words.create.slugHelp}
        isRequired
        spellCheck="false"
        value={slug}
        onChange={setWritten}
        error={tried ? wrong.slug : null}
      />
    </FormDialog>
  );
}

export function RenameSpace({ space, onClose }: { space: Space; onClose: () => void }) {
  const [name, setName] = useState(space.name);
  const changed = useSpacesChanged();
  const wrong = nameError(name);
  return (
    <FormDialog
      title={words.rename.title}
      submit={words.rename.action}
      isDisabled={wrong !== null || name.trim() === space.name}
      onClose={onClose}
      onSubmit={async () => {
        const params = { path: { space: space.slug } };
        await api.PATCH('/admin/spaces/{space}', { params, body: { name: name.trim() } });
        await changed();
        onClose();
        toast(words.rename.done);
      }}
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

/** Asks for the space's name in paths: nothing brings it back. */
export function DeleteSpace({
  space,
  onClose,
  onDeleted,
}: {
  space: Space;
  onClose: () => void;
  /** Leaves the space's own page, before what it shows is read anew. */
  onDeleted?: () => Promise<void>;
}) {
  const [typed, setTyped] = useState('');
  const changed = useSpacesChanged();
  return (
    <FormDialog
      title={<bdi>{words.remove.title(space.name)}</bdi>}
      submit={words.remove.action}
      danger
      isDisabled={typed.trim() !== space.slug}
      onClose={onClose}
      onSubmit={async () => {
        await deleteSpace(space.slug);
        onClose();
        toast(words.remove.done(space.name));
        await onDeleted?.();
        await changed(space.slug);
      }}
    >
      <ul className="consequences">
        <li>{words.remove.members(space.members)}</li>
        <li>{words.remove.keys}</li>
        <li>{words.remove.content}</li>
      </ul>
      <p>{words.remove.forEver}</p>
      <TextField
        label={words.remove.confirm(space.slug)}
        spellCheck="false"
        autoComplete="off"
        value={typed}
        onChange={setTyped}
      />
    </FormDialog>
  );
}
