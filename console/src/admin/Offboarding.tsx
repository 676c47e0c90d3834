import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { api } from '../api/client';
import { ApiError } from '../api/errors';
import { Button } from '../components/Button';
import { FormDialog } from '../components/Dialog';
import { Checkbox, Select } from '../components/Fields';
import { Card, Page } from '../components/Page';
import { EmptyState, Loaded, Notice } from '../components/States';
import { Table } from '../components/Table';
import { Badge, Time } from '../components/Text';
import { toast } from '../components/Toasts';
import { t } from '../strings';
import {
  type Stopping,
  type User,
  useAdministrationChanged,
  useOffboarding,
  useServiceAccounts,
} from './people-data';

const words = t.admin.offboarding;
/** How the API refuses a move that changes what a key may do; other conflicts are not for a person to accept. */
const DIFFERS = /may do (less|more)/;

/** One user: what stops when it is disabled, and how its keys go on. */
export function Offboarding() {
  const { id = '' } = useParams();
  const query = useOffboarding(id);
  const [moving, setMoving] = useState<Stopping | null>(null);
  const [disabling, setDisabling] = useState(false);
  const user = query.data?.user;
  return (
    <Page
      title={user?.name ?? t.admin.users.title}
      back={<Link to="/admin/users">{words.back}</Link>}
      lead={user && <UserFacts user={user} />}
      actions={
        user &&
        !user.disabled && (
          <Button
            kind="danger"
            isDisabled={query.data?.last_organization_admin ?? false}
            onPress={() => setDisabling(true)}
          >
            {words.disable}
          </Button>
        )
      }
    >
      <Loaded query={query}>
        {({ user: shown, last_organization_admin, spaces, keys }) => {
          const orphaned = spaces.filter((space) => space.last_admin);
          return (
            <>
              {last_organization_admin && <Notice kind="danger">{words.lastAdmin}</Notice>}
              {orphaned.map((space) => (
                <Notice key={space.id} kind="warning">
                  {words.lastOfSpace(space.name)}
                </Notice>
              ))}
              <Card flush title={words.keys}>
                {keys.length === 0 ? (
                  <EmptyState icon="key" title={words.noKeys}>
                    {words.noKeysText}
                  </EmptyState>
                ) : (
                  <Table
                    label={words.keys}
                    rows={keys}
                    rowKey={({ api_key }) => api_key.id}
                    columns={[
                      {
                        id: 'name',
                        label: words.columns.name,
                        cell: ({ api_key }) => (
                          <div className="stack-small">
                            <bdi className="wrap">{api_key.name}</bdi>
                            <span className="soft small mono">…{api_key.hint}</span>
                          </div>
                        ),
                      },
                      {
                        id: 'used',
                        label: words.columns.lastUsed,
                        cell: ({ api_key }) => <Time at={api_key.last_used_at} />,
                      },
                      {
                        id: 'callers',
                        label: words.columns.callers,
                        cell: ({ callers }) => (
                          <code className="wrap">{callers.join(', ') || words.nobody}</code>
                        ),
                      },
                      {
                        id: 'move',
                        label: words.columns.goesOn,
                        cell: (key) => (
                          <Button small isDisabled={shown.disabled} onPress={() => setMoving(key)}>
                            {words.move.action}
                          </Button>
                        ),
                      },
                    ]}
                  />
                )}
              </Card>
              {moving && <Move user={shown} moving={moving} onClose={() => setMoving(null)} />}
              {disabling && <Disable user={shown} live={keys.length} onClose={() => setDisabling(false)} />}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function UserFacts({ user }: { user: User }) {
  return (
    <div className="row badges">
      <bdi className="wrap">{user.email}</bdi>
      <Badge>{t.admin.users.roles[user.org_role]}</Badge>
      {user.disabled && <Badge kind="danger">{t.admin.users.disabled}</Badge>}
    </div>
  );
}

function Disable({ user, live, onClose }: { user: User; live: number; onClose: () => void }) {
  const changed = useAdministrationChanged();
  const navigate = useNavigate();
  return (
    <FormDialog
      title={<bdi>{words.disableTitle(user.name)}</bdi>}
      submit={words.disable}
      danger
      onClose={onClose}
      onSubmit={async () => {
        await api.PATCH('/admin/users/{id}', {
          params: { path: { id: user.id } },
          body: { disabled: true },
        });
        await changed();
        onClose();
        toast(words.disabled);
        await navigate('/admin/users');
      }}
    >
      <p>{words.disableText}</p>
      {live > 0 && <Notice kind="warning">{words.stops(live)}</Notice>}
    </FormDialog>
  );
}

/** Gives a key to a service account: its secret stays, its permissions become the account's. */
function Move({ user, moving, onClose }: { user: User; moving: Stopping; onClose: () => void }) {
  const accounts = useServiceAccounts();
  const [to, setTo] = useState<string | null>(null);
  const [differs, setDiffers] = useState(false);
  const [loss, setLoss] = useState(false);
  const [gain, setGain] = useState(false);
  const changed = useAdministrationChanged();
  const able = (accounts.data ?? []).filter((account) => !account.disabled);
  // What was accepted of one account says nothing of another.
  const choose = (account: string) => {
    setTo(account);
    setDiffers(false);
    setLoss(false);
    setGain(false);
  };
  return (
    <FormDialog
      title={<bdi>{words.move.title(moving.api_key.name)}</bdi>}
      submit={words.move.action}
      isDisabled={to === null}
      onClose={onClose}
      onSubmit={async () => {
        if (to === null) return;
        try {
          await api.POST('/admin/users/{id}/api-keys/{key}/move', {
            params: { path: { id: user.id, key: moving.api_key.id } },
            body: { to, allow_loss: loss, allow_gain: gain },
          });
        } catch (error) {
          // What the account may less or more: the API names it, and it is for a person to accept.
          if (error instanceof ApiError && error.status === 409 && DIFFERS.test(error.detail))
            setDiffers(true);
          throw error;
        }
        await changed();
        onClose();
        toast(words.move.done);
      }}
    >
      <p>{words.move.text}</p>
      <Loaded query={accounts}>
        {() =>
          able.length === 0 ? (
            <Notice kind="warning">
              {words.move.noAccount} <Link to="/admin/service-accounts">{t.admin.accounts.title}</Link>
            </Notice>
          ) : (
            <Select
              label={words.move.to}
              value={to ?? ''}
              onChange={choose}
              options={able.map((account) => ({ value: account.id, label: account.name }))}
            />
          )
        }
      </Loaded>
      {differs && (
        <>
          <Checkbox isSelected={loss} onChange={setLoss}>
            {words.move.loss}
          </Checkbox>
          <Checkbox isSelected={gain} onChange={setGain}>
            {words.move.gain}
          </Checkbox>
        </>
      )}
    </FormDialog>
  );
}
