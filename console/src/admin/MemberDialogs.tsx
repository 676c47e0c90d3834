import { useState } from 'react';
import { api } from '../api/client';
import { FormDialog } from '../components/Dialog';
import { RadioGroup, TextField } from '../components/Fields';
import { ErrorState, Loading, Notice } from '../components/States';
import { Badge } from '../components/Text';
import { toast } from '../components/Toasts';
import { t } from '../strings';
import { type User, useServiceAccounts, useUsers } from './people-data';
import { type Member, matching, type Role, ROLES, useSpacesChanged } from './spaces-data';

const words = t.admin.spaces.members;
const roleOptions = ROLES.map((value) => ({ value, label: t.admin.spaces.roleTexts[value] }));
/** More than these are not looked through; a longer text finds fewer. */
const SHOWN = 8;

const putMember = (slug: string, user: string, role: Role) =>
  api.PUT('/spaces/{space}/members/{user}', {
    params: { path: { space: slug, user } },
    body: { role },
  });

export function AddMember({
  slug,
  members,
  onClose,
}: {
  slug: string;
  members: readonly Member[];
  onClose: () => void;
}) {
  const users = useUsers();
  const accounts = useServiceAccounts();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [tried, setTried] = useState(false);
  const changed = useSpacesChanged();

  const failed = [users, accounts].find((query) => query.isError && query.data === undefined);
  const inside = new Set(members.map((member) => member.user.id));
  const people = [...(users.data ?? []), ...(accounts.data ?? [])].filter((one) => !inside.has(one.id));
  const found = matching(people, text);
  const shown = found.slice(0, SHOWN);
  const user = people.find((one) => one.id === chosen);
  // Whoever was chosen stays in sight while somebody looks for another.
  if (user && !shown.includes(user)) shown.push(user);
  const rest = found.filter((one) => !shown.includes(one)).length;

  let choice = <Loading lines={3} />;
  if (failed) {
    choice = (
      <ErrorState
        error={failed.error}
        onRetry={() => {
          void users.refetch();
          void accounts.refetch();
        }}
      />
    );
  } else if (users.data && accounts.data) {
    choice = (
      <>
        <TextField
          label={words.add.find}
          help={words.add.findHelp}
          autoFocus
          spellCheck="false"
          autoComplete="off"
          value={text}
          onChange={setText}
        />
        {shown.length === 0 ? (
          <p className="soft" role="status">
            {people.length === 0 ? words.add.all : words.add.nobody}
          </p>
        ) : (
          <RadioGroup
            label={words.add.who}
            value={chosen}
            onChange={setChosen}
            error={tried && !user ? words.add.choose : null}
            help={rest > 0 ? words.add.more(rest) : undefined}
            options={shown.map((one) => ({ value: one.id, label: <Person user={one} /> }))}
          />
        )}
        <RadioGroup label={words.add.role} value={role} onChange={setRole} options={roleOptions} />
      </>
    );
  }
  return (
    <FormDialog
      title={words.add.title}
      submit={words.add.action}
      isDisabled={!users.data || !accounts.data}
      onClose={onClose}
      onSubmit={async () => {
        setTried(true);
        if (!user) return;
        await putMember(slug, user.id, role);
        await changed();
        onClose();
        toast(words.add.done(user.name));
      }}
    >
      {choice}
    </FormDialog>
  );
}

function Person({ user }: { user: User }) {
  return (
    <span className="row badges">
      <bdi className="wrap">{user.name}</bdi>
      {user.kind === 'service_account' ? (
        <Badge>{words.serviceAccount}</Badge>
      ) : (
        <bdi className="soft small wrap">{user.email}</bdi>
      )}
      {user.disabled && <Badge kind="danger">{words.disabled}</Badge>}
    </span>
  );
}

export function ChangeRole({ slug, member, onClose }: { slug: string; member: Member; onClose: () => void }) {
  const [role, setRole] = useState<Role>(member.role);
  const changed = useSpacesChanged();
  const lowered = ROLES.indexOf(role) < ROLES.indexOf(member.role);
  return (
    <FormDialog
      title={<bdi>{words.role.title(member.user.name)}</bdi>}
      submit={words.role.action}
      isDisabled={role === member.role}
      onClose={onClose}
      onSubmit={async () => {
        await putMember(slug, member.user.id, role);
        await changed();
        onClose();
        toast(words.role.done);
      }}
    >
      <p>{words.role.text}</p>
      <RadioGroup label={words.add.role} value={role} onChange={setRole} options={roleOptions} />
      {lowered && <Notice kind="warning">{words.role.lowered}</Notice>}
    </FormDialog>
  );
}

export function RemoveMember({
  slug,
  member,
  onClose,
}: {
  slug: string;
  member: Member;
  onClose: () => void;
}) {
  const { id, name } = member.user;
  const changed = useSpacesChanged();
  const people = [...(useUsers().data ?? []), ...(useServiceAccounts().data ?? [])];
  const isAdmin = people.find((one) => one.id === id)?.org_role === 'admin';
  return (
    <FormDialog
      title={<bdi>{words.remove.title(name)}</bdi>}
      submit={words.remove.submit}
      danger
      onClose={onClose}
      onSubmit={async () => {
        const path = { space: slug, user: id };
        await api.DELETE('/spaces/{space}/members/{user}', { params: { path } });
        await changed();
        onClose();
        toast(words.remove.done(name));
      }}
    >
      <p>{words.remove.text}</p>
      {isAdmin && <Notice>{words.remove.organizationAdmin}</Notice>}
    </FormDialog>
  );
}
