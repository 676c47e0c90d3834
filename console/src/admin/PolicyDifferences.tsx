import { Card } from '../components/Page';
import { Table } from '../components/Table';
import { t } from '../strings';
import { differences } from './policy-changes';
import type { Versioned } from './policy-data';
import type { Form } from './policy-form';

const words = t.admin.policy.differences;

/** What somebody else changed while this one was written, beside what is written. */
export function PolicyDifferences({
  before,
  after,
  mine,
}: {
  before: Versioned;
  after: Versioned;
  mine: Form;
}) {
  return (
    <Card flush title={words.title}>
      <Table
        label={words.title}
        rows={differences(before.policy, after.policy, mine)}
        rowKey={({ part }) => part}
        columns={[
          { id: 'part', label: words.part, cell: ({ label }) => label },
          { id: 'before', label: words.before, cell: (row) => <bdi className="wrap">{row.before}</bdi> },
          { id: 'theirs', label: words.theirs, cell: (row) => <bdi className="wrap">{row.theirs}</bdi> },
          { id: 'mine', label: words.mine, cell: (row) => <bdi className="wrap">{row.mine}</bdi> },
        ]}
      />
    </Card>
  );
}
