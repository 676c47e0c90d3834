import { useRef } from 'react';
import { Link } from 'react-router';
import type { Schema } from '../api/client';
import { useNow } from '../app/now';
import { Sparkline } from '../components/charts/Sparkline';
import { type Action, RowMenu } from '../components/Menu';
import { EmptyState } from '../components/States';
import { Table } from '../components/Table';
import { Time } from '../components/Text';
import { useInSight } from '../components/useInSight';
import { t } from '../strings';
import { useKeyUsage } from '../usage/key-usage';
import { series, total } from '../usage/series';
import { KeyBadges } from './KeyParts';
import { type KeyOwner, placeOf } from './owner';

type Key = Schema<'ApiKey'>;
const words = t.keys;
const DAYS = 7;

/** An owner's keys. Each leads to its own page, below `base`. */
export function KeyTable({
  owner,
  keys,
  menu,
  base = '',
}: {
  owner: KeyOwner;
  keys: readonly Key[];
  menu: (apiKey: Key) => readonly Action[];
  base?: string;
}) {
  if (keys.length === 0) {
    return (
      <EmptyState icon="key" title={words.empty}>
        {words.emptyText}
      </EmptyState>
    );
  }
  return (
    <Table
      label={words.title}
      rows={keys}
      rowKey={(key) => key.id}
      columns={[
        {
          id: 'name',
          label: words.columns.name,
          cell: (key) => <KeyName apiKey={key} to={`${base}${key.id}`} />,
        },
        {
          id: 'activity',
          label: words.columns.activity,
          cell: (key) => <Activity owner={owner} apiKey={key} />,
        },
        { id: 'used', label: words.columns.lastUsed, cell: (key) => <Time at={key.last_used_at} /> },
        { id: 'created', label: words.columns.created, cell: (key) => <Time at={key.created_at} /> },
        {
          id: 'expires',
          label: words.columns.expires,
          cell: (key) => <Time at={key.expires_at} absent={words.noExpiry} />,
        },
        {
          id: 'actions',
          label: t.common.actions,
          actions: true,
          cell: (key) => <RowMenu name={key.name} actions={menu(key)} />,
        },
      ]}
    />
  );
}

function KeyName({ apiKey, to }: { apiKey: Key; to: string }) {
  return (
    <div className="stack-small">
      <Link to={to} className="row-link">
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

/** A key's calls of the last days, read while its row is in sight: a long list asks for no more than is looked at. */
function Activity({ owner, apiKey }: { owner: KeyOwner; apiKey: Key }) {
  const place = useRef<HTMLDivElement>(null);
  const inSight = useInSight(place);
  const now = useNow();
  const usage = useKeyUsage(placeOf(owner, apiKey.id), 'day', DAYS, {
    enabled: inSight && apiKey.last_used_at !== null,
  });
  const values = series(usage.data?.usage ?? [], 'day', DAYS, now).map(total);
  const calls = values.reduce((sum, value) => sum + value, 0);
  return (
    <div ref={place} className="activity">
      {apiKey.last_used_at === null ? (
        <span className="soft">{words.notUsed}</span>
      ) : usage.data ? (
        <Sparkline values={values} label={t.common.usage.inDays(calls, DAYS)} />
      ) : (
        <span className="soft">{usage.isError ? words.noActivity : t.common.loading}</span>
      )}
    </div>
  );
}
