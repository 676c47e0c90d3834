import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { Button } from '../components/Button';
import { Card, Page } from '../components/Page';
import { EmptyState, Loaded } from '../components/States';
import { More, moreOf, type MoreRows, Table } from '../components/Table';
import { Time } from '../components/Text';
import { t } from '../strings';
import '../styles/organization.css';
import { AuditEvent } from './AuditEvent';
import { AuditExport } from './AuditExport';
import { AuditFilters } from './AuditFilters';
import { Actor, Target } from './AuditNames';
import { useAudit, useKnown } from './audit-data';
import { actionText, type Event, type Filters, filtersOf, searchOf } from './audit-query';

const words = t.admin.audit;

/** Who changed what, the newest first. The filters stand in the page's address, so that a link shows the same. */
export function Audit() {
  const [search, setSearch] = useSearchParams();
  const filters = filtersOf(search);
  const [open, setOpen] = useState<Event | 'export' | null>(null);
  const query = useAudit(filters);
  const events = query.data?.pages.flatMap((page) => page.events) ?? [];
  const ids = [filters, ...events].flatMap(({ actor, target }) => [actor, target]);
  const known = useKnown(ids);
  const apply = (next: Filters) => {
    setOpen(null);
    setSearch(searchOf(next));
  };
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Button icon="download" onPress={() => setOpen('export')}>
          {words.export.action}
        </Button>
      }
    >
      <AuditFilters key={search.toString()} filters={filters} known={known} onApply={apply} />
      <Card flush>
        <Loaded query={query}>
          {() => (
            <div aria-busy={query.isPlaceholderData}>
              <Events events={events} more={moreOf(query)} known={known.all} onOpen={setOpen} />
            </div>
          )}
        </Loaded>
      </Card>
      {open === 'export' && <AuditExport filters={filters} onClose={() => setOpen(null)} />}
      {open !== null && open !== 'export' && (
        <AuditEvent
          event={open}
          known={known.all}
          onClose={() => setOpen(null)}
          onFilter={(filter) => apply({ ...filters, ...filter })}
        />
      )}
    </Page>
  );
}

function Events({
  events,
  more,
  known,
  onOpen,
}: {
  events: readonly Event[];
  more: MoreRows;
  known: ReturnType<typeof useKnown>['all'];
  onOpen: (event: Event) => void;
}) {
  if (events.length === 0) {
    return (
      <EmptyState
        icon="list"
        title={words.empty}
        action={more.has && <More more={more} label={words.goOn} />}
      >
        {more.has ? words.searching : words.emptyText}
      </EmptyState>
    );
  }
  return (
    <Table
      label={words.title}
      rows={events}
      rowKey={(event) => event.id}
      more={more}
      columns={[
        {
          id: 'action',
          label: words.columns.action,
          cell: (event) => (
            <button
              type="button"
              className="row-link event-link"
              aria-haspopup="dialog"
              onClick={() => onOpen(event)}
            >
              {actionText(event.action)}
            </button>
          ),
        },
        {
          id: 'target',
          label: words.columns.target,
          cell: (event) => <Target id={event.target} known={known} />,
        },
        {
          id: 'actor',
          label: words.columns.actor,
          cell: (event) => <Actor id={event.actor} known={known} />,
        },
        {
          id: 'address',
          label: words.columns.address,
          cell: (event) => <code className="address">{event.source_address}</code>,
        },
        { id: 'at', label: words.columns.at, cell: (event) => <Time at={event.at} /> },
      ]}
    />
  );
}
