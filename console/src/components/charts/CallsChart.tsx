import { lazy, Suspense } from 'react';
import type { Interval, Point } from '../../usage/series';
import { formatDay, formatNumber, formatTime } from '../../app/format';
import { t } from '../../strings';
import { Loading } from '../States';

export type Outcome = 'allowed' | 'forbidden' | 'unauthorized' | 'faults';
const OUTCOMES: readonly Outcome[] = ['allowed', 'forbidden', 'unauthorized', 'faults'];

// The charting library is as large as the rest: it is loaded with the first chart.
const Bars = lazy(async () => ({ default: (await import('./Bars')).Bars }));

/** Calls over time by their outcome, as bars, and as a table for whoever cannot see them. */
export function CallsChart({
  points,
  interval,
  outcomes = OUTCOMES,
  caption = t.common.usage.chart,
}: {
  points: readonly Point[];
  interval: Interval;
  /** What is drawn: a few among many calls are only seen on a scale of their own. */
  outcomes?: readonly Outcome[];
  caption?: string;
}) {
  const words = t.common.usage;
  const format = interval === 'day' ? formatDay : formatTime;
  return (
    <figure className="chart">
      <ul className="legend" aria-hidden="true">
        {outcomes.map((outcome) => (
          <li key={outcome} className={`legend-${outcome}`}>
            {words[outcome]}
          </li>
        ))}
      </ul>
      <div className="chart-area" aria-hidden="true">
        <Suspense fallback={<Loading lines={4} />}>
          <Bars points={points} interval={interval} outcomes={outcomes} />
        </Suspense>
      </div>
      <div className="hidden">
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              <th scope="col">{words.time}</th>
              {outcomes.map((outcome) => (
                <th key={outcome} scope="col">
                  {words[outcome]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr key={point.from}>
                <th scope="row">{format(point.from)}</th>
                {outcomes.map((outcome) => (
                  <td key={outcome}>{formatNumber(point[outcome])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
