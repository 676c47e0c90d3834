import type { ReactNode } from 'react';
import { useOpen } from '../components/useOpen';
import { t } from '../strings';
import {
  ChangeAccountRole,
  DeleteAccount,
  DisableAccount,
  EnableAccount,
  otherRole,
  RenameAccount,
} from './AccountDialogs';
import type { User } from './people-data';

type Kind = 'rename' | 'role' | 'disable' | 'enable' | 'delete';
const words = t.admin.accounts;

/** What can be done to a service account: `dialog` stands in the screen, the menu opens it. */
export function useAccountActions(onDeleted?: () => Promise<void>) {
  const [open, setOpen, close] = useOpen<{ kind: Kind; account: User }>();

  const menu = (account: User) => {
    const action = (kind: Kind, label: string, danger = false) => ({
      id: kind,
      label,
      danger,
      run: () => setOpen({ kind, account }),
    });
    return [
      action('rename', words.rename.action),
      action('role', words.role.action[otherRole(account)]),
      account.disabled
        ? action('enable', words.enable.action)
        : action('disable', words.disable.action, true),
      action('delete', words.remove.action, true),
    ];
  };

  let dialog: ReactNode = null;
  if (open !== null) {
    const props = { account: open.account, onClose: close };
    const dialogs: Record<Kind, () => ReactNode> = {
      rename: () => <RenameAccount {...props} />,
      role: () => <ChangeAccountRole {...props} />,
      disable: () => <DisableAccount {...props} />,
      enable: () => <EnableAccount {...props} />,
      delete: () => <DeleteAccount {...props} {...(onDeleted && { onDeleted })} />,
    };
    dialog = dialogs[open.kind]();
  }
  return { dialog, menu };
}
