import type { Schema } from '../api/client';
import { RowMenu } from '../components/Menu';
import { type MoreRows, Table } from '../components/Table';
import { Badge, Time } from '../components/Text';
import { t } from '../strings';

export type OneSession = Schema<'Session'>;
const words = t.settings.sessions;

/** Sessions, one's own or another's, each with a way to end it. */
export function SessionTable({
  sessions,
  onEnd,
  more,
}: {
  sessions: readonly OneSession[];
  onEnd: (session: OneSession) => void;
  more?: MoreRows;
}) {
  return (
    <Table
      label={words.title}
      rows={sessions}
      rowKey={(one) => one.id}
      {...(more && { more })}
      columns={[
        { id: 'device', label: words.columns.device, cell: (one) => <Device session={one} /> },
        {
          id: 'address',
          label: words.columns.address,
          cell: (one) => <code className="address">{one.source_address}</code>,
        },
        { id: 'used', label: words.columns.lastUsed, cell: (one) => <Time at={one.last_used_at} /> },
        { id: 'created', label: words.columns.created, cell: (one) => <Time at={one.created_at} /> },
        { id: 'expires', label: words.columns.expires, cell: (one) => <Time at={one.expires_at} /> },
        {
          id: 'actions',
          label: t.common.actions,
          actions: true,
          cell: (one) => (
            <RowMenu
              name={deviceName(one)}
              actions={[
                {
                  id: 'end',
                  label: one.current ? words.signOut : words.end,
                  danger: true,
                  run: () => onEnd(one),
                },
              ]}
            />
          ),
        },
      ]}
    />
  );
}

function Device({ session: one }: { session: OneSession }) {
  return (
    <div className="row badges">
      <bdi className="wrap">{deviceName(one)}</bdi>
      {one.current && <Badge kind="good">{words.current}</Badge>}
    </div>
  );
}

export function deviceName({ device: { browser, os } }: OneSession): string {
  if (browser !== null && os !== null) return words.onDevice(browser, os);
  return browser ?? os ?? words.unknownDevice;
}
