import { Link, useNavigate } from 'react-router';
import { formatNumber } from '../app/format';
import { Button } from '../components/Button';
import { RowMenu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { EmptyState, Loaded } from '../components/States';
import { Table } from '../components/Table';
import { Time } from '../components/Text';
import { useOpen } from '../components/useOpen';
import { t } from '../strings';
import '../styles/organization.css';
import { CreateSpace, DeleteSpace, RenameSpace } from './SpaceDialogs';
import { type Space, useSpaces } from './spaces-data';

type Open = { kind: 'create' } | { kind: 'rename' | 'delete'; space: Space };
const words = t.admin.spaces;

export function Spaces() {
  const [open, setOpen, close] = useOpen<Open>();
  const query = useSpaces();
  const navigate = useNavigate();
  const create = (
    <Button kind="primary" icon="plus" onPress={() => setOpen({ kind: 'create' })}>
      {words.create.action}
    </Button>
  );
  const menu = (space: Space) => [
    { id: 'rename', label: words.rename.action, run: () => setOpen({ kind: 'rename', space }) },
    {
      id: 'delete',
      label: words.remove.action,
      danger: true,
      run: () => setOpen({ kind: 'delete', space }),
    },
  ];
  return (
    <Page title={words.title} lead={words.lead} actions={create}>
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
                  {
                    id: 'name',
                    label: words.columns.name,
                    cell: (space) => (
                      <Link to={space.slug} className="row-link">
                        <bdi className="wrap">{space.name}</bdi>
                      </Link>
                    ),
                  },
                  {
                    id: 'slug',
                    label: words.columns.slug,
                    cell: (space) => <code className="wrap">{space.slug}</code>,
                  },
                  {
                    id: 'members',
                    label: words.columns.members,
                    end: true,
                    cell: (space) => formatNumber(space.members),
                  },
                  {
                    id: 'created',
                    label: words.columns.created,
                    cell: (space) => <Time at={space.created_at} />,
                  },
                  {
                    id: 'actions',
                    label: t.common.actions,
                    actions: true,
                    cell: (space) => <RowMenu name={space.name} actions={menu(space)} />,
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
      {open?.kind === 'create' && (
        <CreateSpace onClose={close} onCreated={(space) => void navigate(`/admin/spaces/${space.slug}`)} />
      )}
      {open?.kind === 'rename' && <RenameSpace space={open.space} onClose={close} />}
      {open?.kind === 'delete' && <DeleteSpace space={open.space} onClose={close} />}
    </Page>
  );
}
