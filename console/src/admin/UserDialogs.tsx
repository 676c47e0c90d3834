import { useState } from 'react';
import { api, body, type Schema } from '../api/client';
import { lineError, NAME_LIMIT, writtenError } from '../app/line';
import { sameIds, useReread } from '../app/reread';
import { Changed } from '../components/Changed';
import { FormDialog } from '../components/Dialog';
import { Checkbox, Select, TextField } from '../components/Fields';
import { Loaded } from '../components/States';
import { toast } from '../components/Toasts';
import { t } from '../strings';
import { isAddress } from './address';
import { DeleteDialog, RenameDialog } from './NameDialogs';
import { type User, useAdministrationChanged } from './people-data';
import type { Setup } from './SetupLink';
import { StoppingKeys } from './StoppingKeys';
import { deleteUser, useLiveKeys, useUserGone } from './user-data';

const words = t.admin.users;
type Props = { user: User; onClose: () => void };

/** Changes a user, and says so. */
function useChange({ user, onClose }: Props) {
  const changed = useAdministrationChanged();
  return async (change: Schema<'UserUpdate'>, done: string) => {
    await api.PATCH('/admin/users/{id}', { params: { path: { id: user.id } }, body: change });
    await changed();
    onClose();
    toast(done);
  };
}

export function CreateUser({
  onClose,
  onSetup,
}: {
  onClose: () => void;
  onSetup: (user: User, setup: Setup) => void;
}) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<User['org_role']>('member');
  const [tried, setTried] = useState(false);
  const changed = useAdministrationChanged();
  return (
    <FormDialog
      title={words.create.title}
      submit={words.create.action}
      answersOnce
      isDisabled={lineError(name, NAME_LIMIT) !== null || email.trim() === ''}
      onClose={onClose}
      onSubmit={async () => {
        setTried(true);
        if (!isAddress(email.trim())) return;
        const person = { name: name.trim(), email: email.trim(), org_role: role };
        const { user, setup } = await body(api.POST('/admin/users', { body: person }));
        onSetup(user, setup);
        void changed();
      }}
    >
      <TextField
        label={words.create.name}
        autoFocus
        autoComplete="off"
        value={name}
        onChange={setName}
        error={writtenError(name, NAME_LIMIT)}
      />
      <TextField
        label={words.create.email}
        type="email"
        autoComplete="off"
        value={email}
        onChange={setEmail}
        error={tried && !isAddress(email.trim()) ? words.create.emailWrong : null}
      />
      <Select
        label={words.columns.role}
        value={role}
        onChange={setRole}
        options={(['member', 'admin'] as const).map((value) => ({ value, label: words.roles[value] }))}
      />
    </FormDialog>
  );
}

export function RenameUser(props: Props) {
  const { user, onClose } = props;
  const change = useChange(props);
  return (
    <RenameDialog
      title={words.rename.title}
      name={user.name}
      onClose={onClose}
      rename={(name) => change({ name }, words.rename.done)}
    />
  );
}

/** Makes an administrator a member, or the other way round. */
export function ChangeUserRole(props: Props) {
  const { user, onClose } = props;
  const change = useChange(props);
  const role = user.org_role === 'admin' ? 'member' : 'admin';
  return (
    <FormDialog
      title={<bdi>{words.role.title(user.name, role)}</bdi>}
      submit={words.role.action(user.org_role)}
      onClose={onClose}
      onSubmit={() => change({ org_role: role }, words.role.done)}
    >
      <p>{words.role.text[role]}</p>
    </FormDialog>
  );
}

export function EnableUser(props: Props) {
  const { user, onClose } = props;
  const change = useChange(props);
  return (
    <FormDialog
      title={<bdi>{words.enable.title(user.name)}</bdi>}
      submit={words.enable.action}
      onClose={onClose}
      onSubmit={() => change({ disabled: false }, words.enable.done)}
    >
      <p>{words.enable.text}</p>
    </FormDialog>
  );
}

export function ResetPassword({
  user,
  onClose,
  onSetup,
}: Props & { onSetup: (user: User, setup: Setup) => void }) {
  return (
    <FormDialog
      title={<bdi>{words.reset.title(user.name)}</bdi>}
      submit={words.reset.action}
      answersOnce
      onClose={onClose}
      onSubmit={async () => {
        const path = { id: user.id };
        onSetup(user, await body(api.POST('/admin/users/{id}/password-reset', { params: { path } })));
      }}
    >
      <p>{words.reset.text}</p>
    </FormDialog>
  );
}

export function SignOutUser({ user, onClose }: Props) {
  const [keys, setKeys] = useState(false);
  const { shown, isReady, change, stillHolds } = useReread(useLiveKeys(user.id), sameIds);
  const changed = useAdministrationChanged();
  return (
    <FormDialog
      title={<bdi>{words.signOut.title(user.name)}</bdi>}
      submit={words.signOut.action}
      danger
      isDisabled={keys && !isReady}
      onClose={onClose}
      onSubmit={async () => {
        if (keys && !(await stillHolds())) return;
        const path = { id: user.id };
        await api.POST('/admin/users/{id}/sign-out', { params: { path }, body: { api_keys: keys } });
        await changed();
        onClose();
        toast(words.signOut.done);
      }}
    >
      <p>{words.signOut.text}</p>
      <Checkbox isSelected={keys} onChange={setKeys}>
        {words.signOut.keys}
      </Checkbox>
      {keys && <Loaded query={shown}>{(found) => <StoppingKeys keys={found} />}</Loaded>}
      {keys && <Changed change={change}>{words.signOut.changed}</Changed>}
    </FormDialog>
  );
}

/** Asks for the address: nothing brings a user back. */
export function DeleteUser({
  user,
  onClose,
  onDeleted,
}: Props & {
  /** Leaves the user's own page, before what it shows is read anew. */
  onDeleted?: (() => Promise<void>) | undefined;
}) {
  const gone = useUserGone();
  return (
    <DeleteDialog
      title={words.remove.title(user.name)}
      submit={words.remove.action}
      consequences={words.remove.consequences}
      forEver={words.remove.forEver}
      typed={user.email}
      onClose={onClose}
      remove={async () => {
        await deleteUser(user.id);
        onClose();
        toast(words.remove.done(user.name));
        await onDeleted?.();
        await gone(user.id);
      }}
    />
  );
}
