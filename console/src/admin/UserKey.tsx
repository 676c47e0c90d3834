import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { RowMenu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { Loaded } from '../components/States';
import { Facts } from '../components/Text';
import { keyFacts, KeyBadges, KeyGone, RevokedBadge } from '../keys/KeyParts';
import { useSayRevoked, useTitleOf } from '../keys/revoked';
import { t } from '../strings';
import type { KeyPlace } from '../usage/key-usage';
import { KeyUsageCard } from '../usage/KeyUsageCard';
import { ownerPath } from './paths';
import { useAdministrationChanged } from './people-data';
import { useKeysOf } from './usage-data';
import { OwnerLink } from './UsageNames';
import { revokeUserKey } from './user-data';
import { RevokeUsersKey } from './UserKeys';

const words = t.keys.detail;
const own = t.admin.usage;

/** A person's key, as an administrator sees it: what was done with it, and what it may do. */
export function UserKey() {
  const { id = '', key = '' } = useParams();
  const query = useKeysOf(id);
  const apiKey = query.data?.keys.find((one) => one.id === key);
  const place: KeyPlace = { id: key, owner: { id, kind: 'human' } };
  const navigate = useNavigate();
  const changed = useAdministrationChanged();
  const sayRevoked = useSayRevoked();
  const { title, isRevoked } = useTitleOf(key, apiKey);
  const [revoking, setRevoking] = useState(false);
  const close = () => setRevoking(false);
  const revoke = async (name: string) => {
    await revokeUserKey(id, key);
    await changed();
    close();
    sayRevoked({ id: key, name });
  };
  const move = {
    id: 'move',
    label: own.detail.move,
    run: () => void navigate(ownerPath({ id, kind: 'human' })),
  };
  const menu = [
    // A disabled owner's key is not moved, which would revive it.
    ...(query.data?.owner.disabled ? [] : [move]),
    { id: 'revoke', label: t.keys.revoke.action, danger: true, run: () => setRevoking(true) },
  ];
  return (
    <Page
      title={title}
      back={<Link to="/admin/usage">{own.title}</Link>}
      lead={apiKey ? <KeyBadges apiKey={apiKey} /> : isRevoked && <RevokedBadge />}
      actions={apiKey && <RowMenu name={apiKey.name} actions={menu} />}
    >
      <Loaded query={query}>
        {({ owner, keys }) => (
          <>
            {!apiKey && <KeyGone isRevoked={isRevoked} />}
            <KeyUsageCard place={place} />
            <Card title={words.facts}>
              <Facts
                facts={[
                  { label: own.owner, value: <OwnerLink owner={owner} /> },
                  ...(apiKey === undefined
                    ? [{ label: words.id, value: <code className="wrap">{key}</code> }]
                    : keyFacts(apiKey, keys, own.detail, place)),
                ]}
              />
            </Card>
          </>
        )}
      </Loaded>
      {revoking && apiKey && (
        <RevokeUsersKey user={{ id }} apiKey={apiKey} revoke={() => revoke(apiKey.name)} onClose={close} />
      )}
    </Page>
  );
}
