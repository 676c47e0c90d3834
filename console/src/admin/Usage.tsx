import { useState } from 'react';
import { formatNumber } from '../app/format';
import { useNow } from '../app/now';
import { CallsChart } from '../components/charts/CallsChart';
import { Select } from '../components/Fields';
import { Card, Page } from '../components/Page';
import { EmptyState, Loaded, Notice } from '../components/States';
import { Table } from '../components/Table';
import { Time } from '../components/Text';
import { t } from '../strings';
import { LENGTH_MS, series } from '../usage/series';
import { type Counted, type GroupBy, useNames, useOrganizationKeys, useUsage } from './usage-data';
import { byDay, byGroup, calls, type Group, wholeDays } from './usage-sums';

const words = t.admin.usage;
type Period = keyof typeof words.periods;
const DAYS: Record<Period, number> = { week: 7, month: 30, quarter: 90 };
const UNUSED_DAYS = 90;

type Outcome = 'allowed' | 'forbidden' | 'unauthorized' | 'faults';
/** What is counted of each: a space only knows whom it let in, a fault has decided about no key. */
const OUTCOMES: Record<GroupBy, readonly Outcome[]> = {
  key: ['allowed', 'forbidden', 'unauthorized'],
  user: ['allowed', 'forbidden', 'unauthorized', 'faults'],
  space: ['allowed'],
  route: ['allowed', 'forbidden', 'unauthorized', 'faults'],
};

/** Who called what in the organization, and which keys nobody uses. */
export function Usage() {
  const [period, setPeriod] = useState<Period>('week');
  const [groupBy, setGroupBy] = useState<GroupBy>('key');
  const days = DAYS[period];
  const now = useNow();
  const day = (back: number) => new Date(now - back * LENGTH_MS.day).toISOString().slice(0, 10);
  const [from, to] = [day(days - 1), day(0)];
  // By route all calls are counted, those without a key too: what is chosen below does not change the chart.
  const all = useUsage(from, to, 'route');
  const query = useUsage(from, to, groupBy);
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Select
          label={words.period}
          labelHidden
          value={period}
          onChange={setPeriod}
          options={(Object.keys(DAYS) as Period[]).map((value) => ({ value, label: words.periods[value] }))}
        />
      }
    >
      <Card title={words.calls}>
        <Loaded query={all}>
          {({ rows, complete }) =>
            rows.length === 0 ? (
              <EmptyState icon="chart" title={words.none}>
                {words.noneText}
              </EmptyState>
            ) : (
              <div className="stack">
                {!complete && <Notice>{words.incomplete}</Notice>}
                <CallsChart
                  points={wholeDays(series(byDay(rows), 'day', days, now), rows, complete)}
                  interval="day"
                />
                <p className="small soft">{words.utc}</p>
              </div>
            )
          }
        </Loaded>
      </Card>
      <Card
        flush
        title={words.byWhat}
        actions={
          <Select
            label={words.groupBy}
            labelHidden
            value={groupBy}
            onChange={setGroupBy}
            options={(Object.keys(words.groups) as GroupBy[]).map((value) => ({
              value,
              label: words.groups[value],
            }))}
          />
        }
      >
        <Loaded query={query}>
          {({ rows, complete }) => (
            <>
              {!complete && <Notice>{words.incomplete}</Notice>}
              <Groups rows={rows} groupBy={groupBy} />
            </>
          )}
        </Loaded>
      </Card>
      <Unused />
    </Page>
  );
}

function Groups({ rows, groupBy }: { rows: readonly Counted[]; groupBy: GroupBy }) {
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
          cell: ({ name }) => {
            const known = names?.get(name);
            return known === undefined ? (
              <code className="wrap">{name}</code>
            ) : (
              <bdi className="wrap">{known}</bdi>
            );
          },
        },
        { id: 'calls', label: words.all, end: true, cell: (group) => formatNumber(calls(group)) },
        ...OUTCOMES[groupBy].map(outcome),
      ]}
    />
  );
}

function Unused() {
  const query = useOrganizationKeys(UNUSED_DAYS);
  return (
    <Card flush title={words.unused(UNUSED_DAYS)}>
      <Loaded query={query}>
        {({ rows, complete }) =>
          rows.length === 0 && complete ? (
            <EmptyState icon="key" title={words.noUnused}>
              {words.noUnusedText}
            </EmptyState>
          ) : (
            <>
              {!complete && <Notice>{words.unusedIncomplete}</Notice>}
              <Table
                label={words.unused(UNUSED_DAYS)}
                rows={rows}
                rowKey={(key) => key.id}
                columns={[
                  {
                    id: 'name',
                    label: words.key,
                    cell: (key) => (
                      <div className="stack-small">
                        <bdi className="wrap">{key.name}</bdi>
                        <span className="soft small mono">…{key.hint}</span>
                      </div>
                    ),
                  },
                  {
                    id: 'user',
                    label: words.owner,
                    cell: (key) => <bdi className="wrap">{key.user.name}</bdi>,
                  },
                  { id: 'created', label: words.created, cell: (key) => <Time at={key.created_at} /> },
                  {
                    id: 'used',
                    label: words.lastUsed,
                    cell: (key) => <Time at={key.last_used_at} absent={words.never} />,
                  },
                ]}
              />
            </>
          )
        }
      </Loaded>
    </Card>
  );
}
