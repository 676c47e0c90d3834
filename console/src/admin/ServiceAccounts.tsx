import { useState } from 'react';
import { Link } from 'react-router';
import { Button } from '../components/Button';
import { RowMenu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { EmptyState, Loaded } from '../components/States';
import { Table } from '../components/Table';
import { Badge, Time } from '../components/Text';
import { t } from '../strings';
import { CreateAccount } from './AccountDialogs';
import { useServiceAccounts } from './people-data';
import { useAccountActions } from './useAccountActions';

const words = t.admin.accounts;

/** Users that cannot log in, whose keys outlive people. */
export function ServiceAccounts() {
  const [creating, setCreating] = useState(false);
  const query = useServiceAccounts();
  const { dialog, menu } = useAccountActions();
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Button kind="primary" icon="plus" onPress={() => setCreating(true)}>
          {words.create}
        </Button>
      }
    >
      <Card flush>
        <Loaded query={query}>
          {(accounts) =>
            accounts.length === 0 ? (
              <EmptyState icon="robot" title={words.empty}>
                {words.emptyText}
              </EmptyState>
            ) : (
              <Table
                label={words.title}
                rows={accounts}
                rowKey={(account) => account.id}
                columns={[
                  {
                    id: 'name',
                    label: words.name,
                    cell: (account) => (
                      <div className="row badges">
                        <Link to={account.id} className="row-link">
                          <bdi className="wrap">{account.name}</bdi>
                        </Link>
                        {account.disabled && <Badge kind="danger">{t.admin.users.disabled}</Badge>}
                      </div>
                    ),
                  },
                  {
                    id: 'role',
                    label: t.admin.users.columns.role,
                    cell: (account) => <Badge>{t.admin.users.roles[account.org_role]}</Badge>,
                  },
                  {
                    id: 'created',
                    label: t.admin.users.columns.created,
                    cell: (account) => <Time at={account.created_at} />,
                  },
                  {
                    id: 'actions',
                    label: t.common.actions,
                    actions: true,
                    cell: (account) => <RowMenu name={account.name} actions={menu(account)} />,
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
      {creating && <CreateAccount onClose={() => setCreating(false)} />}
      {dialog}
    </Page>
  );
}
