import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Schema } from '../api/client';
import { RowMenu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { Loaded, Notice } from '../components/States';
import { Facts } from '../components/Text';
import { t } from '../strings';
import { KeyUsageCard } from '../usage/KeyUsageCard';
import { keyFacts, KeyBadges } from './KeyParts';
import { type KeyOwner, placeOf } from './owner';
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

  return (
    <Page
      title={apiKey?.name ?? t.keys.title}
      back={
        <Link to={back.to}>
          <bdi className="wrap">{back.label}</bdi>
        </Link>
      }
      lead={apiKey && <KeyBadges apiKey={apiKey} />}
      actions={apiKey && <RowMenu name={apiKey.name} actions={actions.menu(apiKey)} />}
    >
      <Loaded query={query}>
        {() => (
          <>
            {!apiKey && <Notice>{words.gone}</Notice>}
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
