import { useState } from 'react';
import { formatDay, formatNumber, formatTime } from '../app/format';
import { useNow } from '../app/now';
import { CallsChart } from '../components/charts/CallsChart';
import { Choice } from '../components/Fields';
import { Card } from '../components/Page';
import { EmptyState, Loaded, Notice } from '../components/States';
import { Table } from '../components/Table';
import { t } from '../strings';
import { type KeyPlace, type KeyUsage, useKeyUsage } from './key-usage';
import { addresses, type Interval, routes, series, total } from './series';

const words = t.keys.detail;
type Period = keyof typeof words.periods;
const PERIODS: Record<Period, { interval: Interval; steps: number }> = {
  day: { interval: 'hour', steps: 24 },
  week: { interval: 'day', steps: 7 },
  month: { interval: 'day', steps: 30 },
};

/** What was done with a key: its calls over time, by route, and where they came from. */
export function KeyUsageCard({ place }: { place: KeyPlace }) {
  const [period, setPeriod] = useState<Period>('week');
  const { interval, steps } = PERIODS[period];
  const query = useKeyUsage(place, interval, steps);
  const now = useNow();
  const help = place.owner?.kind === 'human' ? words.flagHelpOfOthers : words.flagHelp;
  return (
    <Card
      title={words.usage}
      actions={<Choice label={words.period} words={words.periods} value={period} onChange={setPeriod} />}
    >
      <Loaded query={query}>
        {({ usage, flags }) => {
          const points = series(usage, interval, steps, now);
          return (
            <div className="stack">
              {flags.map((flag) => (
                <Notice key={flag} kind="warning">
                  {words.flags[flag]} {help[flag]}
                </Notice>
              ))}
              {points.every((point) => total(point) === 0) ? (
                <EmptyState icon="chart" title={words.noUsage}>
                  {words.noUsageText}
                </EmptyState>
              ) : (
                <>
                  <CallsChart points={points} interval={interval} />
                  <p className="small soft">{words.utc}</p>
                  <Routes usage={usage} />
                  <Addresses usage={usage} interval={interval} />
                </>
              )}
            </div>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Routes({ usage }: Pick<KeyUsage, 'usage'>) {
  const byRoute = routes(usage);
  if (byRoute.length === 0) return null;
  return (
    <Table
      label={words.routes}
      rows={byRoute}
      rowKey={(row) => row.route}
      columns={[
        { id: 'route', label: words.route, cell: (row) => <code className="wrap">{row.route}</code> },
        { id: 'calls', label: words.calls, end: true, cell: (row) => formatNumber(row.calls) },
      ]}
    />
  );
}

function Addresses({ usage, interval }: Pick<KeyUsage, 'usage'> & { interval: Interval }) {
  const { most, fresh } = addresses(usage);
  const format = interval === 'day' ? formatDay : formatTime;
  return (
    <>
      <p>{words.mostAddresses(most, interval)}</p>
      {fresh.length > 0 && (
        <Table
          label={words.newAddresses}
          rows={fresh}
          rowKey={(row) => row.address}
          columns={[
            {
              id: 'address',
              label: words.newAddress,
              cell: (row) => <code className="address">{row.address}</code>,
            },
            { id: 'since', label: words.firstSeen, end: true, cell: (row) => format(row.since) },
          ]}
        />
      )}
    </>
  );
}
