import { Link } from 'react-router';
import { RowMenu } from '../components/Menu';
import { Card } from '../components/Page';
import { EmptyState, Notice } from '../components/States';
import { Table } from '../components/Table';
import { Badge } from '../components/Text';
import { useOpen } from '../components/useOpen';
import { t } from '../strings';
import { ChangeRole, RemoveMember } from './MemberDialogs';
import type { User } from './people-data';
import type { OwnSpace } from './user-data';

const words = t.admin.user.spaces;
const members = t.admin.spaces.members;
type Open = { kind: 'role' | 'remove'; space: OwnSpace };

/** The spaces that a user is a member of. */
export function UserSpaces({ user, spaces }: { user: User; spaces: readonly OwnSpace[] }) {
  const [open, setOpen, close] = useOpen<Open>();
  const menu = (space: OwnSpace) => [
    { id: 'role', label: members.role.action, run: () => setOpen({ kind: 'role', space }) },
    {
      id: 'remove',
      label: members.remove.action,
      danger: true,
      run: () => setOpen({ kind: 'remove', space }),
    },
  ];
  const dialog = open && {
    slug: open.space.slug,
    space: open.space.name,
    member: { user, role: open.space.role },
    onClose: close,
  };
  return (
    <Card flush title={words.title}>
      {user.org_role === 'admin' && !user.disabled && (
        <div className="card-body">
          <Notice>{words.everywhere}</Notice>
        </div>
      )}
      {spaces.length === 0 ? (
        <EmptyState icon="spaces" title={words.empty}>
          {words.emptyText}
        </EmptyState>
      ) : (
        <Table
          label={words.title}
          rows={spaces}
          rowKey={(space) => space.id}
          columns={[
            { id: 'name', label: words.columns.name, cell: (space) => <SpaceName space={space} /> },
            {
              id: 'role',
              label: words.columns.role,
              cell: (space) => (
                <span className="row badges">
                  <Badge>{t.admin.spaces.roles[space.role]}</Badge>
                  {space.last_admin && <Badge kind="warning">{words.onlyAdmin}</Badge>}
                </span>
              ),
            },
            {
              id: 'actions',
              label: t.common.actions,
              actions: true,
              cell: (space) => <RowMenu name={space.name} actions={menu(space)} />,
            },
          ]}
        />
      )}
      {dialog && open.kind === 'role' && <ChangeRole {...dialog} />}
      {dialog && open.kind === 'remove' && <RemoveMember {...dialog} />}
    </Card>
  );
}

function SpaceName({ space }: { space: OwnSpace }) {
  return (
    <div className="stack-small">
      <Link to={`/admin/spaces/${space.slug}`} className="row-link">
        <bdi className="wrap">{space.name}</bdi>
      </Link>
      <code className="soft small wrap">{space.slug}</code>
    </div>
  );
}
