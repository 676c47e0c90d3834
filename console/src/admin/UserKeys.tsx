import { Link } from 'react-router';
import { Button } from '../components/Button';
import { RowMenu } from '../components/Menu';
import { Card } from '../components/Page';
import { EmptyState } from '../components/States';
import { Table } from '../components/Table';
import { Name, Time } from '../components/Text';
import { useOpen } from '../components/useOpen';
import { KeyBadges } from '../keys/KeyParts';
import { useSayRevoked } from '../keys/revoked';
import { RevokeKey } from '../keys/RevokeKey';
import { t } from '../strings';
import { MoveKey } from './MoveKey';
import { type User, useAdministrationChanged } from './people-data';
import { keyPath } from './paths';
import { revokeUserKey, type Stopping, useLiveKeys } from './user-data';

const words = t.admin.offboarding;
type Key = Stopping['api_key'];

/** The live keys of a user, which stop with it: one is moved to a service account, or revoked. */
export function UserKeys({ user, keys }: { user: User; keys: readonly Stopping[] }) {
  const [open, setOpen, close] = useOpen<{ kind: 'move' | 'revoke'; apiKey: Key }>();
  const changed = useAdministrationChanged();
  const sayRevoked = useSayRevoked();
  const all = keys.map((key) => key.api_key);
  const revoke = async (apiKey: Key) => {
    await revokeUserKey(user.id, apiKey.id);
    await changed();
    close();
    sayRevoked(apiKey, keyPath(user, apiKey.id));
  };
  // A disabled user's key is not moved, which would revive it.
  const goesOn = {
    id: 'move',
    label: words.columns.goesOn,
    cell: ({ api_key: apiKey }: Stopping) => (
      <Button small onPress={() => setOpen({ kind: 'move', apiKey })}>
        {words.move.action}
      </Button>
    ),
  };
  return (
    <Card flush title={user.disabled ? words.keysOfDisabled : words.keys}>
      {keys.length === 0 ? (
        <NoKeys isDisabled={user.disabled} />
      ) : (
        <Table
          label={words.keys}
          rows={keys}
          rowKey={({ api_key }) => api_key.id}
          columns={[
            {
              id: 'name',
              label: words.columns.name,
              cell: ({ api_key }) => <KeyName apiKey={api_key} all={all} to={keyPath(user, api_key.id)} />,
            },
            {
              id: 'used',
              label: words.columns.lastUsed,
              cell: ({ api_key }) => <Time at={api_key.last_used_at} />,
            },
            {
              id: 'callers',
              label: words.columns.callers,
              cell: ({ callers }) => <code className="address">{callers.join(', ') || words.nobody}</code>,
            },
            ...(user.disabled ? [] : [goesOn]),
            {
              id: 'actions',
              label: t.common.actions,
              actions: true,
              cell: ({ api_key: apiKey }) => (
                <RowMenu
                  name={apiKey.name}
                  actions={[
                    {
                      id: 'revoke',
                      label: t.keys.revoke.action,
                      danger: true,
                      run: () => setOpen({ kind: 'revoke', apiKey }),
                    },
                  ]}
                />
              ),
            },
          ]}
        />
      )}
      {open?.kind === 'move' && <MoveKey user={user} apiKey={open.apiKey} onClose={close} />}
      {open?.kind === 'revoke' && (
        <RevokeUsersKey user={user} apiKey={open.apiKey} revoke={() => revoke(open.apiKey)} onClose={close} />
      )}
    </Card>
  );
}

/** Ends a key of this user. */
export function RevokeUsersKey({
  user,
  ...props
}: {
  user: Pick<User, 'id'>;
  apiKey: Key;
  revoke: () => Promise<void>;
  onClose: () => void;
}) {
  return <RevokeKey {...props} query={useLiveKeys(user.id)} />;
}

function KeyName({ apiKey, all, to }: { apiKey: Key; all: readonly Key[]; to: string }) {
  const maker = all.find((key) => key.id === apiKey.created_by_key);
  return (
    <div className="stack-small">
      <Link to={to} className="row-link">
        <Name>{apiKey.name}</Name>
      </Link>
      <div className="row badges">
        <span className="soft small mono">…{apiKey.hint}</span>
        {maker && <bdi className="soft small wrap">{words.madeBy(maker.name)}</bdi>}
        <KeyBadges apiKey={apiKey} />
      </div>
    </div>
  );
}

function NoKeys({ isDisabled }: { isDisabled: boolean }) {
  return isDisabled ? (
    <EmptyState icon="key" title={words.noKeysOfDisabled}>
      {words.noKeysOfDisabledText}
    </EmptyState>
  ) : (
    <EmptyState icon="key" title={words.noKeys}>
      {words.noKeysText}
    </EmptyState>
  );
}
