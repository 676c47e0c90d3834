import { formatTime } from '../app/format';
import { Button } from '../components/Button';
import { Dialog, DialogBody, DialogFoot } from '../components/Dialog';
import { Table } from '../components/Table';
import { Facts, Name } from '../components/Text';
import { t } from '../strings';
import { Actor, Target } from './AuditNames';
import { actionText, type Event, type Filters, type Known, told } from './audit-query';

const words = t.admin.audit.detail;

/** One event with all that it says. */
export function AuditEvent({
  event,
  known,
  onFilter,
  onClose,
}: {
  event: Event;
  known: readonly Known[];
  onFilter: (filter: Partial<Filters>) => void;
  onClose: () => void;
}) {
  const { changes, rest } = told(event.details);
  return (
    <Dialog title={actionText(event.action)} onClose={onClose} wide>
      <DialogBody>
        <Facts
          facts={[
            { label: words.at, value: <time dateTime={event.at}>{formatTime(event.at)}</time> },
            { label: words.actor, value: <Actor id={event.actor} known={known} /> },
            { label: words.credential, value: credential(event.credential) },
            { label: words.address, value: <code className="wrap">{event.source_address}</code> },
            { label: words.target, value: <Target id={event.target} known={known} /> },
            { label: words.action, value: <code>{event.action}</code> },
            { label: words.id, value: <code className="wrap">{event.id}</code> },
          ]}
        />
        {changes.length > 0 && (
          <div className="stack-small">
            <h3>{words.changes}</h3>
            <Table
              label={words.changes}
              rows={changes}
              rowKey={(change) => change.field}
              columns={[
                { id: 'field', label: words.field, cell: ({ field }) => <code>{field}</code> },
                { id: 'before', label: words.before, cell: ({ before }) => <Value>{before}</Value> },
                { id: 'after', label: words.after, cell: ({ after }) => <Value>{after}</Value> },
              ]}
            />
          </div>
        )}
        {rest.length > 0 && (
          <div className="stack-small">
            <h3>{words.more}</h3>
            <Facts facts={rest.map(([label, value]) => ({ label, value: <Value>{value}</Value> }))} />
          </div>
        )}
        {changes.length + rest.length === 0 && <p className="soft">{words.nothing}</p>}
      </DialogBody>
      <DialogFoot>
        <Button onPress={() => onFilter({ actor: event.actor })}>{words.ofActor}</Button>
        <Button onPress={() => onFilter({ target: event.target })}>{words.ofTarget}</Button>
        <Button kind="primary" onPress={onClose}>
          {t.common.close}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

function credential(id: string | null) {
  if (id === null) return <span className="soft">{words.noCredential}</span>;
  return <span className="wrap">{id.startsWith('key_') ? words.key(id) : words.session(id)}</span>;
}

function Value({ children }: { children: string | null }) {
  return children === null ? <span className="soft">{words.absent}</span> : <Name>{children}</Name>;
}
