import { useState } from 'react';
import { formatNumber } from '../app/format';
import { useNow } from '../app/now';
import { Choice } from '../components/Fields';
import { Card, Page } from '../components/Page';
import { EmptyState, Loaded, Notice } from '../components/States';
import { Table } from '../components/Table';
import { t } from '../strings';
import { LENGTH_MS, series } from '../usage/series';
import { SuspiciousKeys } from './SuspiciousKeys';
import { UnusedKeys } from './UnusedKeys';
import { type Counted, type GroupBy, useNames, useUsage } from './usage-data';
import { byDay, byGroup, calls, type Group, wholeDays } from './usage-sums';
import { UsageCharts } from './UsageCharts';
import { GroupName } from './UsageNames';

const words = t.admin.usage;
type Period = keyof typeof words.periods;
const DAYS: Record<Period, number> = { week: 7, month: 30, quarter: 90 };

type Outcome = 'allowed' | 'forbidden' | 'unauthorized' | 'faults';
/** What is counted of each: a space only knows whom it let in, a fault has decided about no key. */
const OUTCOMES: Record<GroupBy, readonly Outcome[]> = {
  key: ['allowed', 'forbidden', 'unauthorized'],
  user: ['allowed', 'forbidden', 'unauthorized', 'faults'],
  space: ['allowed'],
  route: ['allowed', 'forbidden', 'unauthorized', 'faults'],
};

/** Who called what in the organization, what was refused, and which keys are unusual or unused. */
export function Usage() {
  const [period, setPeriod] = useState<Period>('week');
  const days = DAYS[period];
  const now = useNow();
  const day = (back: number) => new Date(now - back * LENGTH_MS.day).toISOString().slice(0, 10);
  const [from, to] = [day(days - 1), day(0)];
  // By route all calls are counted, those without a key too: what is chosen below does not change the charts.
  const all = useUsage(from, to, 'route');
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={<Choice label={words.period} words={words.periods} value={period} onChange={setPeriod} />}
    >
      <Loaded query={all}>
        {({ rows, complete }) => (
          <UsageCharts
            points={wholeDays(series(byDay(rows), 'day', days, now), rows, complete)}
            complete={complete}
          />
        )}
      </Loaded>
      <SuspiciousKeys from={from} to={to} />
      <Groups from={from} to={to} />
      <UnusedKeys />
    </Page>
  );
}

function Groups({ from, to }: { from: string; to: string }) {
  const [groupBy, setGroupBy] = useState<GroupBy>('key');
  const query = useUsage(from, to, groupBy);
  return (
    <Card
      flush
      title={words.byWhat}
      actions={<Choice label={words.groupBy} words={words.groups} value={groupBy} onChange={setGroupBy} />}
    >
      <Loaded query={query}>
        {({ rows, complete }) => (
          <>
            {!complete && <Notice>{words.incomplete}</Notice>}
            <GroupTable rows={rows} groupBy={groupBy} />
          </>
        )}
      </Loaded>
    </Card>
  );
}

function GroupTable({ rows, groupBy }: { rows: readonly Counted[]; groupBy: GroupBy }) {
  const names = useNames(groupBy).data;
  if (rows.length === 0) return <EmptyState icon="chart" title={words.none} />;
  const outcome = (id: Outcome) => ({
    id,
    label: t.common.usage[id],
    end: true,
    cell: (group: Group) => formatNumber(group[id]),
  });
  return (
    <Table
      label={words.byWhat}
      rows={byGroup(rows, groupBy)}
      rowKey={(group) => group.name}
      columns={[
        {
          id: 'name',
          label: words.groups[groupBy],
          cell: ({ name }) => <GroupName id={name} named={names?.get(name)} />,
        },
        { id: 'calls', label: words.all, end: true, cell: (group) => formatNumber(calls(group)) },
        ...OUTCOMES[groupBy].map(outcome),
      ]}
    />
  );
}
