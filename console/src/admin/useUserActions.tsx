import type { ReactNode } from 'react';
import type { Action } from '../components/Menu';
import { useOpen } from '../components/useOpen';
import { useKnownMe } from '../session/react';
import { t } from '../strings';
import { DisableUser } from './DisableUser';
import type { User } from './people-data';
import { type Setup, SetupLink } from './SetupLink';
import {
  ChangeUserRole,
  CreateUser,
  DeleteUser,
  EnableUser,
  RenameUser,
  ResetPassword,
  SignOutUser,
} from './UserDialogs';

type Kind = 'rename' | 'role' | 'reset' | 'signOut' | 'disable' | 'enable' | 'remove';
type Open = { kind: 'create' } | { kind: Kind; user: User } | { kind: 'setup'; user: User; setup: Setup };
const words = t.admin.users;

/** What can be done to users: `dialog` stands in the screen, the others open it. */
export function useUserActions(onDeleted?: () => Promise<void>) {
  const me = useKnownMe();
  const [open, setOpen, close] = useOpen<Open>();
  const start = (kind: Kind, user: User) => setOpen({ kind, user });

  /** A password is of no use to who is disabled, and nobody disables or raises themselves. */
  const menu = (user: User): Action[] => {
    const item = (kind: Kind, label: string, danger = false) => ({
      id: kind,
      label,
      danger,
      run: () => start(kind, user),
    });
    const rename = item('rename', words.rename.action);
    const signOut = item('signOut', words.signOut.action);
    if (user.disabled) {
      return [
        item('enable', words.enable.action),
        rename,
        signOut,
        item('remove', words.remove.action, true),
      ];
    }
    const usual = [rename, item('reset', words.reset.action), signOut];
    if (user.id === me.id) return usual;
    const role = item('role', words.role.action(user.org_role));
    return [role, ...usual, item('disable', words.disable, true)];
  };

  const dialog = open && (
    <Opened
      open={open}
      onClose={close}
      onSetup={(user, setup) => setOpen({ kind: 'setup', user, setup })}
      onDeleted={onDeleted}
    />
  );
  return { menu, dialog, start, create: () => setOpen({ kind: 'create' }) };
}

function Opened({
  open,
  onDeleted,
  ...on
}: {
  open: Open;
  onClose: () => void;
  onSetup: (user: User, setup: Setup) => void;
  onDeleted: (() => Promise<void>) | undefined;
}): ReactNode {
  if (open.kind === 'create') return <CreateUser {...on} />;
  const props = { user: open.user, onClose: on.onClose };
  switch (open.kind) {
    case 'rename':
      return <RenameUser {...props} />;
    case 'role':
      return <ChangeUserRole {...props} />;
    case 'reset':
      return <ResetPassword {...props} onSetup={on.onSetup} />;
    case 'setup':
      return <SetupLink {...props} setup={open.setup} />;
    case 'signOut':
      return <SignOutUser {...props} />;
    case 'disable':
      return <DisableUser {...props} />;
    case 'enable':
      return <EnableUser {...props} />;
    case 'remove':
      return <DeleteUser {...props} onDeleted={onDeleted} />;
  }
}
