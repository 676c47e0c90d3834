import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useParams } from 'react-router';
import { api, body, type Schema } from '../api/client';
import { allPages } from '../api/pages';
import { Button } from '../components/Button';
import { FormDialog } from '../components/Dialog';
import { Select, TextField } from '../components/Fields';
import { RowMenu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { EmptyState, Loaded, Notice } from '../components/States';
import { Table } from '../components/Table';
import { Time } from '../components/Text';
import { toast } from '../components/Toasts';
import { t } from '../strings';
import { useAdministrationChanged, useServiceAccounts, useUsers } from './people-data';

type Space = Schema<'Space'>;
type Member = Schema<'Member'>;
type Role = Member['role'];
const words = t.admin.spaces;
const ROLES = ['viewer', 'editor', 'admin'] as const satisfies readonly Role[];
const next = (cursor: string | undefined) => ({ limit: 100, ...(cursor !== undefined && { cursor }) });

function useSpaces() {
  return useQuery({
    queryKey: ['admin', 'spaces'],
    queryFn: () =>
      allPages<Space>(async (cursor) => {
        const page = await body(api.GET('/admin/spaces', { params: { query: next(cursor) } }));
        return { items: page.spaces, next: page.next_cursor };
      }),
  });
}

type Open = { kind: 'create' } | { kind: 'rename' | 'delete'; space: Space };

export function Spaces() {
  const [open, setOpen] = useState<Open | null>(null);
  const query = useSpaces();
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Button kind="primary" icon="plus" onPress={() => setOpen({ kind: 'create' })}>
          {words.create}
        </Button>
      }
    >
      <Card flush>
        <Loaded query={query}>
          {(spaces) =>
            spaces.length === 0 ? (
              <EmptyState icon="spaces" title={words.empty}>
                {words.emptyText}
              </EmptyState>
            ) : (
              <Table
                label={words.title}
                rows={spaces}
                rowKey={(space) => space.id}
                columns={[
                  { id: 'name', label: words.name, cell: (space) => <SpaceName space={space} /> },
                  { id: 'members', label: words.members, end: true, cell: (space) => space.members },
                  { id: 'created', label: words.created, cell: (space) => <Time at={space.created_at} /> },
                  {
                    id: 'actions',
                    label: t.common.actions,
                    actions: true,
                    cell: (space) => (
                      <RowMenu
                        name={space.name}
                        actions={[
                          {
                            id: 'rename',
                            label: words.rename,
                            run: () => setOpen({ kind: 'rename', space }),
                          },
                          {
                            id: 'delete',
                            label: words.delete,
                            danger: true,
                            run: () => setOpen({ kind: 'delete', space }),
                          },
                        ]}
                      />
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
      {open?.kind === 'create' && <CreateSpace onClose={() => setOpen(null)} />}
      {open?.kind === 'rename' && <RenameSpace space={open.space} onClose={() => setOpen(null)} />}
      {open?.kind === 'delete' && <DeleteSpace space={open.space} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function SpaceName({ space }: { space: Space }) {
  return (
    <div className="stack-small">
      <Link to={space.slug} className="row-link">
        <bdi className="wrap">{space.name}</bdi>
      </Link>
      <span className="soft small mono">{space.slug}</span>
    </div>
  );
}

function useDone(onClose: () => void) {
  const changed = useAdministrationChanged();
  return async (text: string) => {
    await changed();
    onClose();
    toast(text);
  };
}

function CreateSpace({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [slug, setSlug] = useState('');
  const done = useDone(onClose);
  return (
    <FormDialog
      title={words.createTitle}
      submit={words.create}
      isDisabled={name.trim() === '' || slug === ''}
      onClose={onClose}
      onSubmit={async () => {
        await api.POST('/admin/spaces', { body: { slug, name: name.trim() } });
        await done(words.createdText);
      }}
    >
      <TextField label={words.name} value={name} onChange={setName} />
      <TextField label={words.slug} help={words.slugHelp} value={slug} onChange={setSlug} />
    </FormDialog>
  );
}

function RenameSpace({ space, onClose }: { space: Space; onClose: () => void }) {
  const [name, setName] = useState(space.name);
  const done = useDone(onClose);
  return (
    <FormDialog
      title={words.rename}
      submit={words.rename}
      isDisabled={name.trim() === ''}
      onClose={onClose}
      onSubmit={async () => {
        const path = { space: space.slug };
        await api.PATCH('/admin/spaces/{space}', { params: { path }, body: { name: name.trim() } });
        await done(words.renamed);
      }}
    >
      <TextField label={words.name} value={name} onChange={setName} />
    </FormDialog>
  );
}

function DeleteSpace({ space, onClose }: { space: Space; onClose: () => void }) {
  const done = useDone(onClose);
  return (
    <FormDialog
      title={<bdi>{words.deleteTitle(space.name)}</bdi>}
      submit={words.delete}
      danger
      onClose={onClose}
      onSubmit={async () => {
        const path = { space: space.slug };
        // A large space goes in parts: the API says as long as something is left.
        for (;;) {
          const { response } = await api.DELETE('/admin/spaces/{space}', { params: { path } });
          if (response.status !== 202) break;
        }
        await done(words.deleted);
      }}
    >
      <p>{words.deleteText(space.members)}</p>
    </FormDialog>
  );
}

type OpenMember = { kind: 'add' } | { kind: 'role' | 'remove'; member: Member };

/** The members of one space. */
export function Members() {
  const { space = '' } = useParams();
  const [open, setOpen] = useState<OpenMember | null>(null);
  const named = useSpaces().data?.find((each) => each.slug === space);
  const query = useQuery({
    queryKey: ['admin', 'spaces', space, 'members'],
    queryFn: () =>
      allPages<Member>(async (cursor) => {
        const params = { path: { space }, query: next(cursor) };
        const page = await body(api.GET('/spaces/{space}/members', { params }));
        return { items: page.members, next: page.next_cursor };
      }),
  });
  const close = () => setOpen(null);
  return (
    <Page
      title={named?.name ?? space}
      back={<Link to="/admin/spaces">{words.back}</Link>}
      lead={words.membersLead}
      actions={
        <Button kind="primary" icon="plus" onPress={() => setOpen({ kind: 'add' })}>
          {words.add}
        </Button>
      }
    >
      <Card flush title={words.members}>
        <Loaded query={query}>
          {(members) =>
            members.length === 0 ? (
              <EmptyState icon="users" title={words.noMembers} />
            ) : (
              <Table
                label={words.members}
                rows={members}
                rowKey={({ user }) => user.id}
                columns={[
                  {
                    id: 'name',
                    label: words.name,
                    cell: ({ user }) => (
                      <div className="stack-small">
                        <bdi className="wrap">{user.name}</bdi>
                        <bdi className="soft small wrap">{user.email}</bdi>
                      </div>
                    ),
                  },
                  { id: 'role', label: words.role, cell: ({ role }) => words.roles[role] },
                  {
                    id: 'actions',
                    label: t.common.actions,
                    actions: true,
                    cell: (member) => (
                      <RowMenu
                        name={member.user.name}
                        actions={[
                          {
                            id: 'role',
                            label: words.changeRole,
                            run: () => setOpen({ kind: 'role', member }),
                          },
                          {
                            id: 'remove',
                            label: words.remove,
                            danger: true,
                            run: () => setOpen({ kind: 'remove', member }),
                          },
                        ]}
                      />
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
      {open?.kind === 'add' && <AddMember space={space} members={query.data ?? []} onClose={close} />}
      {open?.kind === 'role' && <ChangeRole space={space} member={open.member} onClose={close} />}
      {open?.kind === 'remove' && <RemoveMember space={space} member={open.member} onClose={close} />}
    </Page>
  );
}

const put = (space: string, user: string, role: Role) =>
  api.PUT('/spaces/{space}/members/{user}', { params: { path: { space, user } }, body: { role } });

function RoleSelect({ role, onChange }: { role: Role; onChange: (role: Role) => void }): ReactNode {
  return (
    <Select
      label={words.role}
      value={role}
      onChange={onChange}
      options={ROLES.map((value) => ({ value, label: words.roles[value] }))}
    />
  );
}

function AddMember({
  space,
  members,
  onClose,
}: {
  space: string;
  members: readonly Member[];
  onClose: () => void;
}) {
  const [user, setUser] = useState<string | null>(null);
  const [role, setRole] = useState<Role>('viewer');
  const done = useDone(onClose);
  const people = useUsers();
  const accounts = useServiceAccounts();
  const there = new Set(members.map((member) => member.user.id));
  const others = [...(people.data ?? []), ...(accounts.data ?? [])].filter((each) => !there.has(each.id));
  const chosen = user ?? others[0]?.id;
  return (
    <FormDialog
      title={words.add}
      submit={words.add}
      isDisabled={chosen === undefined}
      onClose={onClose}
      onSubmit={async () => {
        if (chosen === undefined) return;
        await put(space, chosen, role);
        await done(words.added);
      }}
    >
      <Loaded query={people}>
        {() =>
          others.length === 0 ? (
            <Notice>{words.nobodyElse}</Notice>
          ) : (
            <Select
              label={words.who}
              value={chosen ?? ''}
              onChange={setUser}
              options={others.map((each) => ({
                value: each.id,
                label: words.person(each.name, each.kind === 'human' ? each.email : words.serviceAccount),
              }))}
            />
          )
        }
      </Loaded>
      <RoleSelect role={role} onChange={setRole} />
    </FormDialog>
  );
}

function ChangeRole({ space, member, onClose }: { space: string; member: Member; onClose: () => void }) {
  const [role, setRole] = useState<Role>(member.role);
  const done = useDone(onClose);
  return (
    <FormDialog
      title={<bdi>{member.user.name}</bdi>}
      submit={words.changeRole}
      isDisabled={role === member.role}
      onClose={onClose}
      onSubmit={async () => {
        await put(space, member.user.id, role);
        await done(words.roleChanged);
      }}
    >
      <RoleSelect role={role} onChange={setRole} />
      <p className="small soft">{words.atOnce}</p>
    </FormDialog>
  );
}

function RemoveMember({ space, member, onClose }: { space: string; member: Member; onClose: () => void }) {
  const done = useDone(onClose);
  return (
    <FormDialog
      title={<bdi>{words.removeTitle(member.user.name)}</bdi>}
      submit={words.remove}
      danger
      onClose={onClose}
      onSubmit={async () => {
        const path = { space, user: member.user.id };
        await api.DELETE('/spaces/{space}/members/{user}', { params: { path } });
        await done(words.removed);
      }}
    >
      <p>{words.atOnce}</p>
    </FormDialog>
  );
}
