import { type ReactNode, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { api, body, type Schema } from '../api/client';
import { Button } from '../components/Button';
import { CopyButton } from '../components/Copy';
import { Dialog, DialogBody, DialogFoot, FormDialog } from '../components/Dialog';
import { Checkbox, Select, TextField } from '../components/Fields';
import { RowMenu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { EmptyState, Loaded, Notice } from '../components/States';
import { Table } from '../components/Table';
import { Badge, Time } from '../components/Text';
import { toast } from '../components/Toasts';
import { useKnownMe } from '../session/react';
import { t } from '../strings';
import { type User, useAdministrationChanged, useUsers } from './people-data';

type Setup = Schema<'PasswordResetStarted'>;
type Open =
  | { kind: 'create' }
  | { kind: 'role' | 'reset' | 'signOut' | 'enable'; user: User }
  | { kind: 'setup'; user: User; setup: Setup };
const words = t.admin.users;

export function Users() {
  const [open, setOpen] = useState<Open | null>(null);
  const query = useUsers();
  const navigate = useNavigate();
  const me = useKnownMe();
  const menu = (user: User) => [
    ...(user.id === me.id
      ? []
      : [
          { id: 'role', label: words.role.action(user.org_role), run: () => setOpen({ kind: 'role', user }) },
        ]),
    { id: 'reset', label: words.reset.action, run: () => setOpen({ kind: 'reset', user }) },
    { id: 'signOut', label: words.signOut.action, run: () => setOpen({ kind: 'signOut', user }) },
    user.disabled
      ? { id: 'enable', label: words.enable.action, run: () => setOpen({ kind: 'enable', user }) }
      : {
          id: 'disable',
          label: words.disable,
          danger: true,
          run: () => void navigate(`/admin/users/${user.id}`),
        },
  ];
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Button kind="primary" icon="plus" onPress={() => setOpen({ kind: 'create' })}>
          {words.create.action}
        </Button>
      }
    >
      <Card flush>
        <Loaded query={query}>
          {(users) =>
            users.length === 0 ? (
              <EmptyState icon="users" title={words.empty} />
            ) : (
              <Table
                label={words.title}
                rows={users}
                rowKey={(user) => user.id}
                columns={[
                  { id: 'name', label: words.columns.name, cell: (user) => <UserName user={user} /> },
                  { id: 'role', label: words.columns.role, cell: (user) => words.roles[user.org_role] },
                  {
                    id: 'created',
                    label: words.columns.created,
                    cell: (user) => <Time at={user.created_at} />,
                  },
                  {
                    id: 'actions',
                    label: t.common.actions,
                    actions: true,
                    cell: (user) => <RowMenu name={user.name} actions={menu(user)} />,
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
      {open && <Opened open={open} onClose={() => setOpen(null)} onSetup={setOpen} />}
    </Page>
  );
}

function UserName({ user }: { user: User }) {
  return (
    <div className="stack-small">
      <Link to={user.id} className="row-link">
        <bdi className="wrap">{user.name}</bdi>
      </Link>
      <div className="row badges">
        <bdi className="soft small wrap">{user.email}</bdi>
        {user.disabled && <Badge kind="danger">{words.disabled}</Badge>}
      </div>
    </div>
  );
}

function Opened({
  open,
  onClose,
  onSetup,
}: {
  open: Open;
  onClose: () => void;
  onSetup: (open: Open) => void;
}) {
  const changed = useAdministrationChanged();
  if (open.kind === 'create') return <Create onClose={onClose} onSetup={onSetup} />;
  const { user } = open;
  if (open.kind === 'setup') return <ShowSetup user={user} setup={open.setup} onClose={onClose} />;
  if (open.kind === 'signOut') return <SignOut user={user} onClose={onClose} />;
  const path = { params: { path: { id: user.id } } };
  const done = async (text: string) => {
    await changed();
    onClose();
    toast(text);
  };
  if (open.kind === 'reset') {
    return (
      <Ask
        title={words.reset.title(user.name)}
        text={words.reset.text}
        submit={words.reset.action}
        onClose={onClose}
        run={async () => {
          const setup = await body(api.POST('/admin/users/{id}/password-reset', path));
          onSetup({ kind: 'setup', user, setup });
        }}
      />
    );
  }
  if (open.kind === 'enable') {
    return (
      <Ask
        title={words.enable.title(user.name)}
        text={words.enable.text}
        submit={words.enable.action}
        onClose={onClose}
        run={async () => {
          await api.PATCH('/admin/users/{id}', { ...path, body: { disabled: false } });
          await done(words.enable.done);
        }}
      />
    );
  }
  const role = user.org_role === 'admin' ? 'member' : 'admin';
  return (
    <Ask
      title={words.role.title(user.name, role)}
      text={words.role.text[role]}
      submit={words.role.action(user.org_role)}
      onClose={onClose}
      run={async () => {
        await api.PATCH('/admin/users/{id}', { ...path, body: { org_role: role } });
        await done(words.role.done);
      }}
    />
  );
}

function Ask({
  title,
  text,
  submit,
  onClose,
  run,
}: {
  title: string;
  text: string;
  submit: string;
  onClose: () => void;
  run: () => Promise<void>;
}) {
  return (
    <FormDialog title={<bdi>{title}</bdi>} submit={submit} onSubmit={run} onClose={onClose}>
      <p>{text}</p>
    </FormDialog>
  );
}

function SignOut({ user, onClose }: { user: User; onClose: () => void }) {
  const [keys, setKeys] = useState(false);
  const changed = useAdministrationChanged();
  return (
    <FormDialog
      title={<bdi>{words.signOut.title(user.name)}</bdi>}
      submit={words.signOut.action}
      danger
      onClose={onClose}
      onSubmit={async () => {
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
    </FormDialog>
  );
}

function Create({ onClose, onSetup }: { onClose: () => void; onSetup: (open: Open) => void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<User['org_role']>('member');
  const changed = useAdministrationChanged();
  return (
    <FormDialog
      title={words.create.title}
      submit={words.create.action}
      isDisabled={name.trim() === '' || email.trim() === ''}
      onClose={onClose}
      onSubmit={async () => {
        const person = { name: name.trim(), email: email.trim(), org_role: role };
        const { user, setup } = await body(api.POST('/admin/users', { body: person }));
        onSetup({ kind: 'setup', user, setup });
        void changed();
      }}
    >
      <TextField label={words.create.name} value={name} onChange={setName} />
      <TextField label={words.create.email} type="email" value={email} onChange={setEmail} />
      <Select
        label={words.columns.role}
        value={role}
        onChange={setRole}
        options={(['member', 'admin'] as const).map((value) => ({ value, label: words.roles[value] }))}
      />
    </FormDialog>
  );
}

/** A link is shown this once; a mail was sent otherwise. */
function ShowSetup({ user, setup, onClose }: { user: User; setup: Setup; onClose: () => void }) {
  let content: ReactNode = <p>{words.setup.mailed(user.email)}</p>;
  if (setup.link !== undefined) {
    content = (
      <>
        <Notice kind="warning">{words.setup.link}</Notice>
        <div className="row">
          <code className="wrap">{setup.link}</code>
          <CopyButton text={setup.link} label={words.setup.copy} />
        </div>
      </>
    );
  }
  return (
    <Dialog
      title={<bdi>{words.setup.title(user.name)}</bdi>}
      onClose={onClose}
      isDismissable={setup.link === undefined}
    >
      <DialogBody>{content}</DialogBody>
      <DialogFoot>
        <Button kind="primary" onPress={onClose}>
          {words.setup.close}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
