import { Link, useNavigate, useParams } from 'react-router';
import { Button } from '../components/Button';
import { CopyButton } from '../components/Copy';
import { RowMenu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { EmptyState, Loaded } from '../components/States';
import { Table } from '../components/Table';
import { Badge, Facts, Time } from '../components/Text';
import { useOpen } from '../components/useOpen';
import { t } from '../strings';
import '../styles/organization.css';
import { AddMember } from './AddMember';
import { ChangeRole, RemoveMember } from './MemberDialogs';
import { DeleteSpace, RenameSpace } from './SpaceDialogs';
import { type Member, type Space as OneSpace, useMembers, useSpace } from './spaces-data';

const words = t.admin.spaces;

/** A space and who is in it. */
export function Space() {
  const { slug = '' } = useParams();
  const query = useSpace(slug);
  const navigate = useNavigate();
  const [open, setOpen, close] = useOpen<'rename' | 'delete'>();
  const space = query.data;
  return (
    <Page
      title={space?.name ?? words.title}
      back={<Link to="/admin/spaces">{words.back}</Link>}
      actions={
        space && (
          <RowMenu
            name={space.name}
            actions={[
              { id: 'rename', label: words.rename.action, run: () => setOpen('rename') },
              { id: 'delete', label: words.remove.action, danger: true, run: () => setOpen('delete') },
            ]}
          />
        )
      }
    >
      <Loaded query={query}>
        {(found) => (
          <>
            <Members space={found} />
            <Card title={words.facts}>
              <Facts
                facts={[
                  {
                    label: words.columns.slug,
                    value: (
                      <span className="row">
                        <code className="wrap">{found.slug}</code>
                        <CopyButton text={found.slug} label={words.columns.slug} />
                      </span>
                    ),
                  },
                  { label: words.id, value: <code>{found.id}</code> },
                  { label: words.columns.created, value: <Time at={found.created_at} /> },
                ]}
              />
            </Card>
          </>
        )}
      </Loaded>
      {space && open === 'rename' && <RenameSpace space={space} onClose={close} />}
      {space && open === 'delete' && (
        <DeleteSpace
          space={space}
          onClose={close}
          onDeleted={async () => navigate('/admin/spaces', { replace: true })}
        />
      )}
    </Page>
  );
}

type Open = { kind: 'add' } | { kind: 'role' | 'remove'; member: Member };

function Members({ space }: { space: OneSpace }) {
  const { slug } = space;
  const query = useMembers(slug);
  const [open, setOpen, close] = useOpen<Open>();
  const menu = (member: Member) => [
    { id: 'role', label: words.members.role.action, run: () => setOpen({ kind: 'role', member }) },
    {
      id: 'remove',
      label: words.members.remove.action,
      danger: true,
      run: () => setOpen({ kind: 'remove', member }),
    },
  ];
  return (
    <Card
      title={words.members.title}
      flush
      actions={
        <Button small icon="plus" isDisabled={!query.data} onPress={() => setOpen({ kind: 'add' })}>
          {words.members.add.action}
        </Button>
      }
    >
      <Loaded query={query}>
        {(members) => (
          <>
            {members.length === 0 ? (
              <EmptyState icon="users" title={words.members.empty}>
                {words.members.emptyText}
              </EmptyState>
            ) : (
              <Table
                label={words.members.title}
                rows={members}
                rowKey={(member) => member.user.id}
                columns={[
                  {
                    id: 'name',
                    label: words.members.columns.name,
                    cell: (member) => <MemberName user={member.user} />,
                  },
                  {
                    id: 'role',
                    label: words.members.columns.role,
                    cell: (member) => <Badge>{words.roles[member.role]}</Badge>,
                  },
                  {
                    id: 'actions',
                    label: t.common.actions,
                    actions: true,
                    cell: (member) => <RowMenu name={member.user.name} actions={menu(member)} />,
                  },
                ]}
              />
            )}
            {open?.kind === 'add' && <AddMember slug={slug} members={members} onClose={close} />}
          </>
        )}
      </Loaded>
      {open?.kind === 'role' && <ChangeRole slug={slug} member={open.member} onClose={close} />}
      {open?.kind === 'remove' && <RemoveMember slug={slug} member={open.member} onClose={close} />}
    </Card>
  );
}

function MemberName({ user }: { user: Member['user'] }) {
  if (user.kind === 'service_account') {
    return (
      <div className="row badges">
        <Link to={`/admin/service-accounts/${user.id}`} className="row-link">
          <bdi className="wrap">{user.name}</bdi>
        </Link>
        <Badge>{words.members.serviceAccount}</Badge>
      </div>
    );
  }
  return (
    <div className="stack-small">
      <Link to={`/admin/users/${user.id}`} className="row-link">
        <bdi className="wrap">{user.name}</bdi>
      </Link>
      <bdi className="soft small wrap">{user.email}</bdi>
    </div>
  );
}
