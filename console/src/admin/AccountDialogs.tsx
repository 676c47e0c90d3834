import { useState } from 'react';
import { api, body } from '../api/client';
import { lineError, NAME_LIMIT, writtenError } from '../app/line';
import { useNow } from '../app/now';
import { sameIds, useReread } from '../app/reread';
import { Changed } from '../components/Changed';
import { FormDialog } from '../components/Dialog';
import { Select, TextField } from '../components/Fields';
import { Loaded } from '../components/States';
import { toast } from '../components/Toasts';
import { KeyList } from '../keys/KeyParts';
import { liveKeys } from '../keys/values';
import { t } from '../strings';
import { deleteAccount, updateAccount, useAccountGone, useAccountKeysAnew } from './accounts-data';
import { DeleteDialog, RenameDialog } from './NameDialogs';
import { type User, useAdministrationChanged } from './people-data';
import { StoppingKeys } from './StoppingKeys';

const words = t.admin.accounts;
type Props = { account: User; onClose: () => void };

export function CreateAccount({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<User['org_role']>('member');
  const changed = useAdministrationChanged();
  return (
    <FormDialog
      title={words.createTitle}
      submit={words.create}
      isDisabled={lineError(name, NAME_LIMIT) !== null}
      onClose={onClose}
      onSubmit={async () => {
        await body(api.POST('/admin/service-accounts', { body: { name: name.trim(), org_role: role } }));
        await changed();
        onClose();
        toast(words.created);
      }}
    >
      <TextField
        label={words.name}
        autoFocus
        isRequired
        value={name}
        onChange={setName}
        error={writtenError(name, NAME_LIMIT)}
      />
      <Select
        label={t.admin.users.columns.role}
        value={role}
        onChange={setRole}
        options={(['member', 'admin'] as const).map((value) => ({
          value,
          label: t.admin.users.roles[value],
        }))}
      />
    </FormDialog>
  );
}

/** Saves a change of an account, and says that it holds. */
function useUpdate({ account, onClose }: Props) {
  const changed = useAdministrationChanged();
  return async (change: Parameters<typeof updateAccount>[1], done: string) => {
    await updateAccount(account.id, change);
    await changed();
    onClose();
    toast(done);
  };
}

export function RenameAccount({ account, onClose }: Props) {
  const update = useUpdate({ account, onClose });
  return (
    <RenameDialog
      title={words.rename.title}
      name={account.name}
      onClose={onClose}
      rename={(name) => update({ name }, words.rename.done)}
    />
  );
}

export const otherRole = (account: User): User['org_role'] =>
  account.org_role === 'admin' ? 'member' : 'admin';

export function ChangeAccountRole({ account, onClose }: Props) {
  const update = useUpdate({ account, onClose });
  const role = otherRole(account);
  return (
    <FormDialog
      title={<bdi>{words.role.title(account.name, role)}</bdi>}
      submit={words.role.action[role]}
      onClose={onClose}
      onSubmit={() => update({ org_role: role }, words.role.done)}
    >
      <p>{words.role.text[role]}</p>
    </FormDialog>
  );
}

/**
 * Disables an account, and says before which keys stop with it. They are read when the dialogue opens and once more
 * when it is confirmed: what nobody has seen does not stop.
 */
export function DisableAccount({ account, onClose }: Props) {
  const update = useUpdate({ account, onClose });
  const { shown, isReady, change, stillHolds } = useReread(useAccountKeysAnew(account.id), sameIds);
  return (
    <FormDialog
      title={<bdi>{words.disable.title(account.name)}</bdi>}
      submit={words.disable.submit}
      danger
      isDisabled={!isReady}
      onClose={onClose}
      onSubmit={async () => {
        if (await stillHolds()) await update({ disabled: true }, words.disable.done);
      }}
    >
      <p>{words.disable.text}</p>
      <Loaded query={shown}>{(keys) => <StoppingKeys keys={keys} />}</Loaded>
      <Changed change={change}>{words.disable.changed}</Changed>
    </FormDialog>
  );
}

export function EnableAccount({ account, onClose }: Props) {
  const update = useUpdate({ account, onClose });
  return (
    <FormDialog
      title={<bdi>{words.enable.title(account.name)}</bdi>}
      submit={words.enable.submit}
      onClose={onClose}
      onSubmit={() => update({ disabled: false }, words.enable.done)}
    >
      <p>{words.enable.text}</p>
      {account.org_role === 'admin' && <p>{words.enable.admin}</p>}
    </FormDialog>
  );
}

/**
 * Deletes an account and its keys, which are read as by `DisableAccount`. Asks for the account's id: another may have
 * the same name, and not every name can be typed.
 */
export function DeleteAccount({
  account,
  onClose,
  onDeleted,
}: Props & {
  /** Leaves the account's own page, before what it shows is read anew. */
  onDeleted?: () => Promise<void>;
}) {
  const { seen, shown, isReady, change, stillHolds } = useReread(useAccountKeysAnew(account.id), sameIds);
  const now = useNow();
  const gone = useAccountGone();
  const { remove } = words;
  return (
    <DeleteDialog
      title={remove.title(account.name)}
      submit={remove.submit}
      consequences={[
        ...(seen === undefined ? [] : [remove.keys(liveKeys(seen, now).length)]),
        remove.spaces,
        remove.audit,
      ]}
      isDisabled={!isReady}
      forEver={remove.forEver}
      typed={account.id}
      onClose={onClose}
      remove={async () => {
        if (!(await stillHolds())) return;
        await deleteAccount(account.id);
        onClose();
        toast(remove.done(account.name));
        await onDeleted?.();
        await gone(account.id);
      }}
    >
      <Loaded query={shown}>{(keys) => <KeyList title={remove.named} keys={liveKeys(keys, now)} />}</Loaded>
      <Changed change={change}>{remove.changed}</Changed>
    </DeleteDialog>
  );
}
