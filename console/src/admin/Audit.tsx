import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body, type Schema } from '../api/client';
import { formatTime } from '../app/format';
import { Button } from '../components/Button';
import { TextField } from '../components/Fields';
import { Card, Page } from '../components/Page';
import { EmptyState, ErrorState, Loading } from '../components/States';
import { Table } from '../components/Table';
import { t } from '../strings';

type Event = Schema<'AuditEvent'>;
type Filter = { actor: string; action: string; target: string };
const words = t.admin.audit;
const NONE: Filter = { actor: '', action: '', target: '' };

/** What was filled in. */
function asked(filter: Filter): Partial<Filter> {
  const { actor, action, target } = filter;
  return {
    ...(actor !== '' && { actor }),
    ...(action !== '' && { action }),
    ...(target !== '' && { target }),
  };
}

/** Who changed what, the newest first. */
export function Audit() {
  const [typed, setTyped] = useState<Filter>(NONE);
  const [filter, setFilter] = useState<Filter>(NONE);
  const query = useInfiniteQuery({
    queryKey: ['admin', 'audit', filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === null ? {} : { cursor: pageParam };
      return body(api.GET('/admin/audit', { params: { query: { limit: 50, ...asked(filter), ...cursor } } }));
    },
    getNextPageParam: (page) => page.next_cursor,
  });
  const events = query.data?.pages.flatMap((page) => page.events) ?? [];
  const field = (name: keyof Filter) => ({
    value: typed[name],
    onChange: (value: string) => setTyped({ ...typed, [name]: value.trim() }),
  });
  return (
    <Page title={words.title} lead={words.lead}>
      <Card title={words.filter}>
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            setFilter(typed);
          }}
        >
          <TextField label={words.actor} help={words.actorHelp} {...field('actor')} />
          <TextField label={words.action} help={words.actionHelp} {...field('action')} />
          <TextField label={words.target} help={words.targetHelp} {...field('target')} />
          <div className="row">
            <Button type="submit">{words.apply}</Button>
          </div>
        </form>
      </Card>
      <Card flush title={words.events}>
        {query.isPending ? (
          <Loading />
        ) : query.isError && events.length === 0 ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : events.length === 0 && !query.hasNextPage ? (
          <EmptyState icon="list" title={words.empty} />
        ) : (
          <Table
            label={words.events}
            rows={events}
            rowKey={(event) => event.id}
            more={{
              has: query.hasNextPage,
              pending: query.isFetchingNextPage,
              load: () => void query.fetchNextPage(),
            }}
            columns={[
              {
                id: 'at',
                label: words.at,
                cell: (event) => <time dateTime={event.at}>{formatTime(event.at)}</time>,
              },
              {
                id: 'action',
                label: words.action,
                cell: (event) => <code className="wrap">{event.action}</code>,
              },
              { id: 'actor', label: words.actor, cell: (event) => <Who event={event} /> },
              {
                id: 'target',
                label: words.target,
                cell: (event) => <code className="wrap">{event.target}</code>,
              },
              { id: 'details', label: words.details, cell: (event) => <Details event={event} /> },
            ]}
          />
        )}
      </Card>
    </Page>
  );
}

function Who({ event }: { event: Event }) {
  return (
    <div className="stack-small">
      <code className="wrap">{event.actor}</code>
      <span className="soft small mono">{event.source_address}</span>
    </div>
  );
}

/** What was before and what is after, as the API says it. */
function Details({ event }: { event: Event }) {
  return (
    <div className="stack-small">
      {Object.entries(event.details).map(([name, value]) => (
        <span key={name} className="small">
          <code>{name}</code>: <bdi className="wrap">{value}</bdi>
        </span>
      ))}
    </div>
  );
}
