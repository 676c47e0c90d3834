import { Link, useNavigate, useParams } from 'react-router';
import { Button } from '../components/Button';
import { RowMenu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { Loaded, Notice } from '../components/States';
import { Badge, Facts, Name, Time } from '../components/Text';
import { useKnownMe } from '../session/react';
import { t } from '../strings';
import '../styles/organization.css';
import { Orphaned } from './DisableUser';
import type { User as OneUser } from './people-data';
import { orphaned, usePreview } from './user-data';
import { UserKeys } from './UserKeys';
import { UserSessions } from './UserSessions';
import { UserSpaces } from './UserSpaces';
import { useUserActions } from './useUserActions';

const words = t.admin.user;

/** One user: what it reaches and with what, what stops when it is disabled, and how its keys go on. */
export function User() {
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const query = usePreview(id);
  const actions = useUserActions(async () => navigate('/admin/users', { replace: true }));
  const user = query.data?.user;
  return (
    <Page
      title={user?.name ?? t.admin.users.title}
      back={<Link to="/admin/users">{words.back}</Link>}
      lead={user && <Lead user={user} />}
      actions={
        user && (
          <>
            <MainAction user={user} start={actions.start} />
            <RowMenu name={user.name} actions={actions.menu(user)} />
          </>
        )
      }
    >
      <Loaded query={query}>
        {(preview) => (
          <>
            <Notices user={preview.user} isLastAdmin={preview.last_organization_admin} />
            {!preview.user.disabled && <Orphaned spaces={orphaned(preview)} />}
            <UserKeys user={preview.user} keys={preview.keys} />
            <UserSpaces user={preview.user} spaces={preview.spaces} />
            <UserSessions user={preview.user} onSignOut={() => actions.start('signOut', preview.user)} />
            <Card title={words.facts}>
              <UserFacts user={preview.user} />
            </Card>
          </>
        )}
      </Loaded>
      {actions.dialog}
    </Page>
  );
}

function MainAction({
  user,
  start,
}: {
  user: OneUser;
  start: (kind: 'enable' | 'disable', user: OneUser) => void;
}) {
  const me = useKnownMe();
  if (user.disabled) {
    return <Button onPress={() => start('enable', user)}>{t.admin.users.enable.action}</Button>;
  }
  return (
    <Button kind="danger" isDisabled={user.id === me.id} onPress={() => start('disable', user)}>
      {t.admin.offboarding.disable}
    </Button>
  );
}

function Notices({ user, isLastAdmin }: { user: OneUser; isLastAdmin: boolean }) {
  const me = useKnownMe();
  if (isLastAdmin) return <Notice kind="danger">{t.admin.offboarding.lastAdmin}</Notice>;
  if (user.id === me.id) return <Notice>{words.you}</Notice>;
  if (user.disabled) return <Notice kind="warning">{words.disabledText}</Notice>;
  return null;
}

function Lead({ user }: { user: OneUser }) {
  return (
    <div className="row badges">
      <bdi className="wrap">{user.email}</bdi>
      <Badge>{t.admin.users.roles[user.org_role]}</Badge>
      {user.disabled && <Badge kind="danger">{t.admin.users.disabled}</Badge>}
    </div>
  );
}

function UserFacts({ user }: { user: OneUser }) {
  return (
    <Facts
      facts={[
        { label: t.admin.users.columns.name, value: <Name>{user.name}</Name> },
        { label: words.email, value: <Name>{user.email}</Name> },
        { label: t.admin.users.columns.role, value: t.admin.users.roles[user.org_role] },
        { label: words.id, value: <code>{user.id}</code> },
        { label: t.admin.users.columns.created, value: <Time at={user.created_at} /> },
      ]}
    />
  );
}
