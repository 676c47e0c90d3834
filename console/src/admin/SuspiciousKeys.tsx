import { useRef } from 'react';
import { formatNumber } from '../app/format';
import { Card } from '../components/Page';
import { EmptyState, Loaded, Notice } from '../components/States';
import { Table } from '../components/Table';
import { useSeen } from '../components/useSeen';
import { t } from '../strings';
import { type Counted, type Read, useFlags, useOrganizationKeys, useUsage } from './usage-data';
import { mostUsed, type Suspect } from './usage-sums';
import { KeyLink, OwnerLink } from './UsageNames';

const words = t.admin.usage;
/** The API tells flags of one key at a time: so many are asked about, once the card has been seen. */
const MOST_KEYS = 20;

/** The keys with a flag, among the most used ones of the period. */
export function SuspiciousKeys({ from, to }: { from: string; to: string }) {
  const place = useRef<HTMLDivElement>(null);
  const seen = useSeen(place);
  const usage = useUsage(from, to, 'key');
  return (
    <div ref={place}>
      <Card flush title={words.suspicious.title}>
        <Loaded query={usage}>{(counted) => <Among counted={counted} seen={seen} />}</Loaded>
      </Card>
    </div>
  );
}

function Among({ counted, seen }: { counted: Read<Counted>; seen: boolean }) {
  const keys = useOrganizationKeys();
  return (
    <Loaded query={keys}>
      {({ rows, complete }) => {
        const { suspects, used } = mostUsed(counted.rows, rows, MOST_KEYS);
        const isAll = complete && counted.complete;
        if (used === 0 && isAll) return <EmptyState icon="key" title={words.suspicious.noKeys} />;
        return <Flags suspects={suspects} used={used} isAll={isAll} seen={seen} />;
      }}
    </Loaded>
  );
}

function Flags({
  suspects,
  used,
  isAll,
  seen,
}: {
  suspects: readonly Suspect[];
  used: number;
  /** Whether no key was left out because there were too many to read. */
  isAll: boolean;
  seen: boolean;
}) {
  const query = useFlags(suspects, seen);
  const own = words.suspicious;
  return (
    <Loaded query={query}>
      {(looked) => {
        const flagged = looked.filter(({ flags }) => flags.length > 0);
        return (
          <>
            {flagged.length === 0 ? (
              <EmptyState icon="check" title={own.none}>
                {own.noneText}
              </EmptyState>
            ) : (
              <Table
                label={own.title}
                rows={flagged}
                rowKey={({ key }) => key.id}
                columns={[
                  { id: 'name', label: words.key, cell: ({ key }) => <KeyLink apiKey={key} /> },
                  { id: 'owner', label: words.owner, cell: ({ key }) => <OwnerLink owner={key.user} /> },
                  {
                    id: 'what',
                    label: own.what,
                    cell: ({ flags }) => (
                      <ul className="stack-small">
                        {flags.map((flag) => (
                          <li key={flag}>{t.keys.detail.flags[flag]}</li>
                        ))}
                      </ul>
                    ),
                  },
                  { id: 'calls', label: own.calls, end: true, cell: ({ calls }) => formatNumber(calls) },
                ]}
              />
            )}
            <div className="card-note">
              <Notice>{own.lookedAt(looked.length, isAll ? used : null)}</Notice>
            </div>
          </>
        );
      }}
    </Loaded>
  );
}
