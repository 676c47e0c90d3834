import { useRef } from 'react';
import { Link } from 'react-router';
import type { Schema } from '../api/client';
import { useNow } from '../app/now';
import { Button } from '../components/Button';
import { Sparkline } from '../components/charts/Sparkline';
import { RowMenu } from '../components/Menu';
import { Card, Page } from '../components/Page';
import { EmptyState, Loaded } from '../components/States';
import { Table } from '../components/Table';
import { Time } from '../components/Text';
import { useSeen } from '../components/useSeen';
import { KeyBadges } from '../keys/KeyParts';
import { t } from '../strings';
import { useKeyUsage } from '../usage/key-usage';
import { series, total } from '../usage/series';
import { useKeys } from './keys-data';
import { useKeyActions } from './useKeyActions';

const words = t.keys;
const DAYS = 7;

export function ApiKeys() {
  const query = useKeys();
  const actions = useKeyActions(query.data ?? []);
  const generate = (
    <Button kind="primary" icon="plus" onPress={actions.create}>
      {words.generate}
    </Button>
  );
  return (
    <Page title={words.title} lead={words.lead} actions={generate}>
      <Card flush>
        <Loaded query={query}>
          {(keys) =>
            keys.length === 0 ? (
              <EmptyState icon="key" title={words.empty}>
                {words.emptyText}
              </EmptyState>
            ) : (
              <Table
                label={words.title}
                rows={keys}
                rowKey={(key) => key.id}
                columns={[
                  { id: 'name', label: words.columns.name, cell: (key) => <KeyName apiKey={key} /> },
                  { id: 'activity', label: words.columns.activity, cell: (key) => <Activity apiKey={key} /> },
                  {
                    id: 'used',
                    label: words.columns.lastUsed,
                    cell: (key) => <Time at={key.last_used_at} />,
                  },
                  {
                    id: 'created',
                    label: words.columns.created,
                    cell: (key) => <Time at={key.created_at} />,
                  },
                  {
                    id: 'expires',
                    label: words.columns.expires,
                    cell: (key) => <Time at={key.expires_at} absent={words.noExpiry} />,
                  },
                  {
                    id: 'actions',
                    label: t.common.actions,
                    actions: true,
                    cell: (key) => <RowMenu name={key.name} actions={actions.menu(key)} />,
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
      {actions.dialog}
    </Page>
  );
}

function KeyName({ apiKey }: { apiKey: Schema<'ApiKey'> }) {
  return (
    <div className="stack-small">
      <Link to={apiKey.id} className="row-link">
        <bdi className="wrap">{apiKey.name}</bdi>
      </Link>
      <div className="row badges">
        <span className="soft small mono" aria-label={words.endsWith(apiKey.hint)}>
          …{apiKey.hint}
        </span>
        <KeyBadges apiKey={apiKey} />
      </div>
    </div>
  );
}

/** A key's calls of the last days, read once its row has been seen: a long list asks for no more than is looked at. */
function Activity({ apiKey }: { apiKey: Schema<'ApiKey'> }) {
  const place = useRef<HTMLDivElement>(null);
  const seen = useSeen(place);
  const now = useNow();
  const usage = useKeyUsage({ id: apiKey.id }, 'day', DAYS, seen && apiKey.last_used_at !== null);
  const values = series(usage.data?.usage ?? [], 'day', DAYS, now).map(total);
  const calls = values.reduce((sum, value) => sum + value, 0);
  return (
    <div ref={place} className="activity">
      {apiKey.last_used_at === null ? (
        <span className="soft">{words.notUsed}</span>
      ) : (
        usage.data && <Sparkline values={values} label={t.common.usage.inDays(calls, DAYS)} />
      )}
    </div>
  );
}
