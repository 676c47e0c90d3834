import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatDay, formatHour, formatNumber, formatShortDay, formatTime } from '../../app/format';
import { t } from '../../strings';
import type { Interval, Point } from '../../usage/series';
import type { Outcome } from './CallsChart';

const COLOURS: Record<Outcome, string> = {
  allowed: 'var(--chart-1)',
  forbidden: 'var(--chart-3)',
  unauthorized: 'var(--chart-2)',
  faults: 'var(--chart-5)',
};
const TEXT = { fill: 'var(--text-soft)', fontSize: 12 };

/** The bars of `CallsChart`, which loads this module with the library when it is first shown. */
export function Bars({
  points,
  interval,
  outcomes,
}: {
  points: readonly Point[];
  interval: Interval;
  outcomes: readonly Outcome[];
}) {
  const short = interval === 'day' ? formatShortDay : formatHour;
  const long = interval === 'day' ? formatDay : formatTime;
  return (
    <ResponsiveContainer width="100%" height={220}>
      <BarChart
        data={[...points]}
        margin={{ top: 8, right: 4, bottom: 0, left: -12 }}
        accessibilityLayer={false}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="from"
          tickFormatter={(from: string) => short(from)}
          tick={TEXT}
          tickLine={false}
          axisLine={{ stroke: 'var(--line)' }}
          minTickGap={24}
        />
        <YAxis
          allowDecimals={false}
          tickFormatter={(n: number) => formatNumber(n)}
          tick={TEXT}
          tickLine={false}
          axisLine={false}
        />
        <Tooltip
          cursor={{ fill: 'var(--sunken)' }}
          isAnimationActive={false}
          labelFormatter={(from) => (typeof from === 'string' ? long(from) : '')}
          formatter={(value) => (typeof value === 'number' ? formatNumber(value) : '')}
          contentStyle={{
            background: 'var(--raised)',
            border: '1px solid var(--line)',
            borderRadius: 8,
            fontSize: 13,
          }}
          labelStyle={{ color: 'var(--text)' }}
          itemStyle={{ color: 'var(--text)', padding: 0 }}
        />
        {outcomes.map((outcome) => (
          <Bar
            key={outcome}
            dataKey={outcome}
            name={t.common.usage[outcome]}
            stackId="calls"
            fill={COLOURS[outcome]}
            maxBarSize={36}
            isAnimationActive={false}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}
