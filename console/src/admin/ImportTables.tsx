import { useState } from 'react';
import { Link } from 'react-router';
import { Notice } from '../components/States';
import { type Column, Table } from '../components/Table';
import { Badge, Name } from '../components/Text';
import { t } from '../strings';
import { countOf, type Result } from './import-data';
import type { Read, Row } from './import-rows';

const words = t.admin.imports;
/** So many rows are shown at first, and more of them on demand. */
const STEP = 50;
const KINDS = { created: 'good', exists: 'plain', refused: 'danger' } as const;

/** The rows as they will be sent, those with a problem first. */
export function ImportPreview({ rows }: { rows: readonly Row[] }) {
  const sorted = [
    ...rows.filter((row) => row.problem !== null),
    ...rows.filter((row) => row.problem === null),
  ];
  return (
    <Long
      label={words.preview}
      rows={sorted}
      rowKey={(row) => String(row.row)}
      columns={[
        {
          id: 'who',
          label: words.columns.who,
          cell: (row) => (
            <div className="stack-small">
              <Name>{row.name}</Name>
              <span className="soft small">
                <Name>{row.email}</Name>
              </span>
            </div>
          ),
        },
        { id: 'line', label: words.columns.line, end: true, cell: (row) => row.line },
        { id: 'role', label: words.columns.role, cell: (row) => <Name>{row.role}</Name> },
        {
          id: 'password',
          label: words.columns.password,
          cell: (row) => (row.hash ? words.hash : words.noHash),
        },
        {
          id: 'state',
          label: words.columns.state,
          cell: (row) =>
            row.problem === null ? words.fine : <bdi className="wrap problem">{row.problem}</bdi>,
        },
      ]}
    />
  );
}

/** What became of each row; who there is leads to their screen. */
export function ImportResults({ results, rows }: { results: readonly Result[]; rows: readonly Row[] }) {
  const sent = new Map(rows.map((row) => [row.row, row]));
  return (
    <Long
      label={words.results}
      rows={results}
      rowKey={(result) => String(result.row)}
      columns={[
        {
          id: 'email',
          label: words.columns.email,
          cell: ({ row, email, id }) => {
            const name = <Name>{email ?? sent.get(row)?.email ?? ''}</Name>;
            return id === null ? name : <Link to={`/admin/users/${id}`}>{name}</Link>;
          },
        },
        { id: 'line', label: words.columns.line, end: true, cell: ({ row }) => sent.get(row)?.line },
        {
          id: 'result',
          label: words.columns.result,
          cell: ({ status, detail }) => (
            <div className="row badges">
              <Badge kind={KINDS[status]}>{words.statuses[status]}</Badge>
              {detail !== null && <bdi className="wrap">{detail}</bdi>}
            </div>
          ),
        },
      ]}
    />
  );
}

export function ImportSummary({ results, read }: { results: readonly Result[]; read: Read }) {
  const { created, exists, refused } = countOf(results);
  const isWithoutPassword = read.rows.some((row) => row.problem === null && !row.hash);
  return (
    <div className="stack" role="status">
      <Notice kind={refused === 0 ? 'good' : 'warning'}>{words.summary(created, exists, refused)}</Notice>
      {created > 0 && isWithoutPassword && <p className="soft">{words.passwords}</p>}
    </div>
  );
}

/** A table of which a part is shown, as it may have a thousand rows. */
function Long<One>({
  label,
  columns,
  rows,
  rowKey,
}: {
  label: string;
  columns: readonly Column<One>[];
  rows: readonly One[];
  rowKey: (row: One) => string;
}) {
  const [shown, setShown] = useState(STEP);
  const more = { has: shown < rows.length, pending: false, load: () => setShown(shown + STEP), error: null };
  return <Table label={label} columns={columns} rows={rows.slice(0, shown)} rowKey={rowKey} more={more} />;
}
