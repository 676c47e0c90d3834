import { Link, useSearchParams } from 'react-router';
import { useDelayedText } from '../app/delayed';
import { Button, LinkButton } from '../components/Button';
import { TextField } from '../components/Fields';
import { type Action, RowMenu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { EmptyState, Loaded } from '../components/States';
import { moreOf, type MoreRows, Table } from '../components/Table';
import { Badge, Time } from '../components/Text';
import { t } from '../strings';
import '../styles/organization.css';
import { type User, useUsers } from './people-data';
import { useUserActions } from './useUserActions';

const words = t.admin.users;
/** What is looked for stands in the page's address, so that a link shows the same. */
const PARAMETER = 'email';

export function Users() {
  const [search, setSearch] = useSearchParams();
  const asked = search.get(PARAMETER) ?? '';
  const [text, setText] = useDelayedText(asked, (email) =>
    setSearch(email.trim() === '' ? {} : { [PARAMETER]: email.trim() }, { replace: true }),
  );
  const query = useUsers(asked);
  const actions = useUserActions();
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <>
          <LinkButton to="/admin/users/import">{t.admin.imports.title}</LinkButton>
          <Button kind="primary" icon="plus" onPress={actions.create}>
            {words.create.action}
          </Button>
        </>
      }
    >
      <div className="search-field">
        <TextField
          label={words.search}
          help={words.searchHelp}
          type="search"
          spellCheck="false"
          autoComplete="off"
          value={text}
          onChange={setText}
        />
      </div>
      <Card flush>
        <Loaded query={query}>
          {({ pages }) => (
            <div aria-busy={query.isPlaceholderData}>
              <Found
                users={pages.flatMap((page) => page.users)}
                asked={asked.trim()}
                more={moreOf(query)}
                menu={actions.menu}
              />
            </div>
          )}
        </Loaded>
      </Card>
      {actions.dialog}
    </Page>
  );
}

function Found({
  users,
  asked,
  more,
  menu,
}: {
  users: readonly User[];
  asked: string;
  more: MoreRows;
  menu: (user: User) => Action[];
}) {
  if (users.length === 0 && asked !== '') {
    return (
      <EmptyState icon="search" title={words.noneFound}>
        <span className="wrap">{words.noneFoundText(asked)}</span>
      </EmptyState>
    );
  }
  if (users.length === 0) return <EmptyState icon="users" title={words.empty} />;
  return (
    <Table
      label={words.title}
      rows={users}
      rowKey={(user) => user.id}
      more={more}
      columns={[
        { id: 'name', label: words.columns.name, cell: (user) => <UserName user={user} /> },
        {
          id: 'role',
          label: words.columns.role,
          cell: (user) => <span className="word">{words.roles[user.org_role]}</span>,
        },
        { id: 'created', label: words.columns.created, cell: (user) => <Time at={user.created_at} /> },
        {
          id: 'actions',
          label: t.common.actions,
          actions: true,
          cell: (user) => <RowMenu name={user.name} actions={menu(user)} />,
        },
      ]}
    />
  );
}

function UserName({ user }: { user: User }) {
  return (
    <div className="stack-small">
      <Link to={`/admin/users/${user.id}`} className="row-link">
        <bdi className="wrap">{user.name}</bdi>
      </Link>
      <div className="row badges">
        <bdi className="soft small wrap">{user.email}</bdi>
        {user.disabled && <Badge kind="danger">{words.disabled}</Badge>}
      </div>
    </div>
  );
}
