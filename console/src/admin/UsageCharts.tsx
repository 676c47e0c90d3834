import { formatShare } from '../app/format';
import { CallsChart } from '../components/charts/CallsChart';
import { Card } from '../components/Page';
import { EmptyState, Notice } from '../components/States';
import { t } from '../strings';
import { type Point, total } from '../usage/series';
import { failures } from './usage-sums';

const words = t.admin.usage;

/** All calls, and beside them what of them was refused or met a fault, on a scale of its own. */
export function UsageCharts({ points, complete }: { points: readonly Point[]; complete: boolean }) {
  const sum = (of: (point: Point) => number) => points.reduce((all, point) => all + of(point), 0);
  const [all, failed] = [sum(total), sum(failures)];
  return (
    <div className="pair">
      <Card title={words.calls}>
        {all === 0 ? (
          <EmptyState icon="chart" title={words.none}>
            {words.noneText}
          </EmptyState>
        ) : (
          <div className="stack">
            {!complete && <Notice>{words.incomplete}</Notice>}
            <CallsChart points={points} interval="day" />
            <p className="small soft">{words.utc}</p>
          </div>
        )}
      </Card>
      <Card title={words.failures}>
        {failed === 0 ? (
          <EmptyState icon="check" title={all === 0 ? words.none : words.noFailures}>
            {all === 0 ? words.noneText : words.noFailuresText}
          </EmptyState>
        ) : (
          <div className="stack">
            <CallsChart
              points={points}
              interval="day"
              outcomes={['forbidden', 'unauthorized', 'faults']}
              caption={words.failures}
            />
            <p className="small soft">{words.failed(formatShare(failed, all), failed, all)}</p>
          </div>
        )}
      </Card>
    </div>
  );
}
