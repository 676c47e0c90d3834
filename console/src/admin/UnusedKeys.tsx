import { useState } from 'react';
import { Choice } from '../components/Fields';
import { Card } from '../components/Page';
import { EmptyState, Loaded, Notice } from '../components/States';
import { Table } from '../components/Table';
import { Time } from '../components/Text';
import { t } from '../strings';
import { useOrganizationKeys } from './usage-data';
import { KeyLink, OwnerLink } from './UsageNames';

const words = t.admin.usage;
/** By the number of days. */
const LENGTHS = { 30: words.days(30), 90: words.days(90), 180: words.days(180), 365: words.days(365) };
type Days = `${keyof typeof LENGTHS}`;

/** The keys that nobody has used for as long as is chosen. */
export function UnusedKeys() {
  const [days, setDays] = useState<Days>('90');
  const query = useOrganizationKeys(Number(days));
  return (
    <Card
      flush
      title={words.unused}
      actions={<Choice label={words.unusedFor} words={LENGTHS} value={days} onChange={setDays} />}
    >
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
                label={words.unused}
                rows={rows}
                rowKey={(key) => key.id}
                columns={[
                  { id: 'name', label: words.key, cell: (key) => <KeyLink apiKey={key} /> },
                  { id: 'user', label: words.owner, cell: (key) => <OwnerLink owner={key.user} /> },
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
