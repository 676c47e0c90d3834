import { useState } from 'react';
import { api } from '../api/client';
import { FormDialog } from '../components/Dialog';
import { RadioGroup } from '../components/Fields';
import { Notice } from '../components/States';
import { toast } from '../components/Toasts';
import { t } from '../strings';
import { useServiceAccounts } from './people-data';
import { type Member, putMember, type Role, roleOptions, ROLES, useSpacesChanged } from './spaces-data';
import { useUser } from './user-data';

const words = t.admin.spaces.members;

type Props = {
  slug: string;
  member: Member;
  /** The space's name, where the page does not say it. */
  space?: string;
  onClose: () => void;
};

export function ChangeRole({ slug, member, space, onClose }: Props) {
  const [role, setRole] = useState<Role>(member.role);
  const changed = useSpacesChanged();
  const lowered = ROLES.indexOf(role) < ROLES.indexOf(member.role);
  return (
    <FormDialog
      title={<bdi>{words.role.title(member.user.name, space)}</bdi>}
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

export function RemoveMember({ slug, member, space, onClose }: Props) {
  const { id, name, kind } = member.user;
  const changed = useSpacesChanged();
  const person = useUser(id, kind === 'human').data;
  const account = useServiceAccounts().data?.find((one) => one.id === id);
  const isAdmin = (person ?? account)?.org_role === 'admin';
  return (
    <FormDialog
      title={<bdi>{words.remove.title(name, space)}</bdi>}
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
