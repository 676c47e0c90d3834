import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Schema } from '../api/client';
import { ApiError } from '../api/errors';
import { formatNumber } from '../app/format';
import { useNow } from '../app/now';
import { RowMenu } from '../components/Menu';
import { CallsChart } from '../components/charts/CallsChart';
import { Select } from '../components/Fields';
import { Card, Page } from '../components/Page';
import { EmptyState, ErrorState, Loaded, Notice } from '../components/States';
import { Table } from '../components/Table';
import { Facts } from '../components/Text';
import { t } from '../strings';
import { type Interval, routes, series, total } from '../usage/series';
import { keyFacts, KeyBadges } from './KeyParts';
import { type KeyOwner, useKeyUsage } from './owner';
import { useKeyActions } from './useKeyActions';

const words = t.keys.detail;
type Period = keyof typeof words.periods;
const PERIODS: Record<Period, { interval: Interval; steps: number }> = {
  day: { interval: 'hour', steps: 24 },
  week: { interval: 'day', steps: 7 },
  month: { interval: 'day', steps: 30 },
};

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
  /** The screen with the owner's keys, which is opened when this one is revoked. */
  back: { to: string; label: string };
}) {
  const navigate = useNavigate();
  const keys = query.data ?? [];
  const apiKey = keys.find((key) => key.id === id);
  const actions = useKeyActions(owner, keys, () => void navigate(back.to));

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
        {() =>
          apiKey === undefined ? (
            <Card>
              <ErrorState error={new ApiError(404, '')} />
            </Card>
          ) : (
            <>
              <Usage id={id} owner={owner} />
              <Card title={words.facts}>
                <Facts facts={keyFacts(apiKey, keys, owner)} />
              </Card>
            </>
          )
        }
      </Loaded>
      {actions.dialog}
    </Page>
  );
}

function Usage({ id, owner }: { id: string; owner: KeyOwner }) {
  const [period, setPeriod] = useState<Period>('week');
  const { interval, steps } = PERIODS[period];
  const query = useKeyUsage(owner, id, interval, steps);
  const now = useNow();
  return (
    <Card
      title={words.usage}
      actions={
        <Select
          label={words.period}
          labelHidden
          value={period}
          onChange={setPeriod}
          options={(Object.keys(PERIODS) as Period[]).map((value) => ({
            value,
            label: words.periods[value],
          }))}
        />
      }
    >
      <Loaded query={query}>
        {({ usage, flags }) => {
          const points = series(usage, interval, steps, now);
          const byRoute = routes(usage);
          if (points.every((point) => total(point) === 0)) {
            return (
              <EmptyState icon="chart" title={words.noUsage}>
                {words.noUsageText}
              </EmptyState>
            );
          }
          return (
            <div className="stack">
              {flags.map((flag) => (
                <Notice key={flag} kind="warning">
                  {words.flags[flag]}
                </Notice>
              ))}
              <CallsChart points={points} interval={interval} />
              <p className="small soft">{words.utc}</p>
              {byRoute.length > 0 && (
                <Table
                  label={words.routes}
                  rows={byRoute}
                  rowKey={(row) => row.route}
                  columns={[
                    {
                      id: 'route',
                      label: words.route,
                      cell: (row) => <code className="wrap">{row.route}</code>,
                    },
                    { id: 'calls', label: words.calls, end: true, cell: (row) => formatNumber(row.calls) },
                  ]}
                />
              )}
            </div>
          );
        }}
      </Loaded>
    </Card>
  );
}
