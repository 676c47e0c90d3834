import { useState } from 'react';
import { api, body } from '../api/client';
import { lineError, NAME_LIMIT } from '../app/line';
import { FormDialog } from '../components/Dialog';
import { TextField } from '../components/Fields';
import { toast } from '../components/Toasts';
import { t } from '../strings';
import { DeleteDialog, RenameDialog } from './NameDialogs';
import { deleteSpace, isSlug, slugOf, type Space, useSpacesChanged } from './spaces-data';

const words = t.admin.spaces;

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
  const wrong = { name: lineError(name, NAME_LIMIT), slug: isSlug(slug) ? null : words.create.slugWrong };
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
  const changed = useSpacesChanged();
  return (
    <RenameDialog
      title={words.rename.title}
      name={space.name}
      onClose={onClose}
      rename={async (name) => {
        const params = { path: { space: space.slug } };
        await api.PATCH('/admin/spaces/{space}', { params, body: { name } });
        await changed();
        onClose();
        toast(words.rename.done);
      }}
    />
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
  const changed = useSpacesChanged();
  return (
    <DeleteDialog
      title={words.remove.title(space.name)}
      submit={words.remove.action}
      consequences={[words.remove.members(space.members), words.remove.keys, words.remove.content]}
      forEver={words.remove.forEver}
      typed={space.slug}
      onClose={onClose}
      remove={async () => {
        await deleteSpace(space.slug);
        onClose();
        toast(words.remove.done(space.name));
        await onDeleted?.();
        await changed(space.slug);
      }}
    />
  );
}
