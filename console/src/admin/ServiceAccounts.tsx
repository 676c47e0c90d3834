import { useState } from 'react';
import { api, body } from '../api/client';
import { Button } from '../components/Button';
import { FormDialog } from '../components/Dialog';
import { Select, TextField } from '../components/Fields';
import { Card, Page } from '../components/Page';
import { EmptyState, Loaded } from '../components/States';
import { Table } from '../components/Table';
import { Badge, Time } from '../components/Text';
import { toast } from '../components/Toasts';
import { t } from '../strings';
import { type User, useAdministrationChanged, useServiceAccounts } from './people-data';

const words = t.admin.accounts;

/** Users that cannot log in, whose keys outlive people. */
export function ServiceAccounts() {
  const [creating, setCreating] = useState(false);
  const query = useServiceAccounts();
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
                        <bdi className="wrap">{account.name}</bdi>
                        {account.disabled && <Badge kind="danger">{t.admin.users.disabled}</Badge>}
                      </div>
                    ),
                  },
                  {
                    id: 'role',
                    label: t.admin.users.columns.role,
                    cell: (account) => t.admin.users.roles[account.org_role],
                  },
                  {
                    id: 'created',
                    label: t.admin.users.columns.created,
                    cell: (account) => <Time at={account.created_at} />,
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
      {creating && <Create onClose={() => setCreating(false)} />}
    </Page>
  );
}

function Create({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<User['org_role']>('member');
  const changed = useAdministrationChanged();
  return (
    <FormDialog
      title={words.createTitle}
      submit={words.create}
      isDisabled={name.trim() === ''}
      onClose={onClose}
      onSubmit={async () => {
        await body(api.POST('/admin/service-accounts', { body: { name: name.trim(), org_role: role } }));
        await changed();
        onClose();
        toast(words.created);
      }}
    >
      <TextField label={words.name} value={name} onChange={setName} />
      <Select
        label={t.admin.users.columns.role}
        value={role}
        onChange={setRole}
        options={(['member', 'admin'] as const).map((value) => ({
          value,
          label: t.admin.users.roles[value],
        }))}
      />
    </FormDialog>
  );
}
