import { Link, useNavigate, useParams } from 'react-router';
import { formatTime } from '../app/format';
import { Button } from '../components/Button';
import { CopyButton } from '../components/Copy';
import { RowMenu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { Loaded, Notice } from '../components/States';
import { Badge, Facts, Name } from '../components/Text';
import { KeyTable } from '../keys/KeyTable';
import { useKeyActions } from '../keys/useKeyActions';
import { t } from '../strings';
import { useAccount, useAccountKeys, useAccountOwner } from './accounts-data';
import { keyPath } from './paths';
import type { User } from './people-data';
import { useAccountActions } from './useAccountActions';

const words = t.admin.accounts;

/** A service account, and the keys that programs use of it. */
export function ServiceAccount() {
  const { id = '' } = useParams();
  const query = useAccount(id);
  const navigate = useNavigate();
  const actions = useAccountActions(async () => navigate('/admin/service-accounts', { replace: true }));
  const account = query.data;
  return (
    <Page
      title={account?.name ?? words.title}
      back={<Link to="/admin/service-accounts">{words.back}</Link>}
      lead={account && <AccountBadges account={account} />}
      actions={account && <RowMenu name={account.name} actions={actions.menu(account)} />}
    >
      <Loaded query={query}>
        {(found) => (
          <>
            {found.disabled && <Notice kind="warning">{words.isDisabled}</Notice>}
            <Keys id={id} />
            <Card title={words.facts}>
              <AccountFacts account={found} />
            </Card>
          </>
        )}
      </Loaded>
      {actions.dialog}
    </Page>
  );
}

function AccountBadges({ account }: { account: User }) {
  return (
    <div className="row badges">
      <Badge>{t.admin.users.roles[account.org_role]}</Badge>
      {account.disabled && <Badge kind="danger">{t.admin.users.disabled}</Badge>}
    </div>
  );
}

function AccountFacts({ account }: { account: User }) {
  return (
    <Facts
      facts={[
        { label: words.name, value: <Name>{account.name}</Name> },
        { label: t.admin.users.columns.role, value: t.admin.users.roles[account.org_role] },
        { label: words.state, value: account.disabled ? t.admin.users.disabled : words.enabled },
        { label: t.admin.users.columns.created, value: formatTime(account.created_at) },
        {
          label: words.id,
          value: (
            <span className="row">
              <code className="wrap">{account.id}</code>
              <CopyButton text={account.id} label={words.id} />
            </span>
          ),
        },
      ]}
    />
  );
}

function Keys({ id }: { id: string }) {
  const query = useAccountKeys(id);
  const { owner, canCreate, noSpaces } = useAccountOwner(id);
  const actions = useKeyActions(owner, query.data ?? [], (key) =>
    keyPath({ id, kind: 'service_account' }, key),
  );
  return (
    <>
      {noSpaces && <Notice kind="danger">{words.keys.noSpaces}</Notice>}
      <Card
        title={t.keys.title}
        flush
        actions={
          <Button small kind="primary" icon="plus" isDisabled={!canCreate} onPress={actions.create}>
            {t.keys.generate}
          </Button>
        }
      >
        <Loaded query={query}>
          {(keys) => <KeyTable owner={owner} keys={keys} menu={actions.menu} base="api-keys/" />}
        </Loaded>
        {actions.dialog}
      </Card>
    </>
  );
}
