import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Schema } from '../api/client';
import { RowMenu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { Loaded } from '../components/States';
import { Facts } from '../components/Text';
import { t } from '../strings';
import { KeyUsageCard } from '../usage/KeyUsageCard';
import { keyFacts, KeyBadges, KeyGone, RevokedBadge } from './KeyParts';
import { type KeyOwner, placeOf } from './owner';
import { useTitleOf } from './revoked';
import { useKeyActions } from './useKeyActions';

const words = t.keys.detail;
/** One key: what it may do, and what was done with it. `query` reads all keys of its owner. */
export function KeyPage({
  id,
  owner,
  query,
  back,
}: {
  id: string;
  owner: KeyOwner;
  query: UseQueryResult<Schema<'ApiKey'>[]>;
  /** The screen with the owner's keys. */
  back: { to: string; label: string };
}) {
  const keys = query.data ?? [];
  const apiKey = keys.find((key) => key.id === id);
  const actions = useKeyActions(owner, keys);
  const { title, isRevoked } = useTitleOf(id, apiKey);

  return (
    <Page
      title={title}
      back={
        <Link to={back.to}>
          <bdi className="wrap">{back.label}</bdi>
        </Link>
      }
      lead={apiKey ? <KeyBadges apiKey={apiKey} /> : isRevoked && <RevokedBadge />}
      actions={apiKey && <RowMenu name={apiKey.name} actions={actions.menu(apiKey)} />}
    >
      <Loaded query={query}>
        {() => (
          <>
            {!apiKey && <KeyGone isRevoked={isRevoked} />}
            <KeyUsageCard place={placeOf(owner, id)} />
            <Card title={words.facts}>
              <Facts
                facts={
                  apiKey === undefined
                    ? [{ label: words.id, value: <code className="wrap">{id}</code> }]
                    : keyFacts(apiKey, keys, owner, placeOf(owner, id))
                }
              />
            </Card>
          </>
        )}
      </Loaded>
      {actions.dialog}
    </Page>
  );
}
