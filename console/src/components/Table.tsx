import type { ReactNode } from 'react';
import { t } from '../strings';
import { Button } from './Button';
import { Failure } from './Failure';

/** A column: the first names its row, the one without a `label` holds the row's menu. */
export type Column<Row> = {
  id: string;
  label: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end. */
  end?: boolean;
  /** The row's menu: its label is only read out. */
  actions?: boolean;
};

/** A further page of a list, if there is one, and why it could not be read when it was last asked for. */
export type MoreRows = { has: boolean; pending: boolean; load: () => void; error: unknown };

/** The further pages of a query that has any. */
export function moreOf(query: {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: unknown;
  fetchNextPage: () => unknown;
}): MoreRows {
  return {
    has: query.hasNextPage,
    pending: query.isFetchingNextPage,
    load: () => void query.fetchNextPage(),
    error: query.isFetchNextPageError ? query.error : null,
  };
}

/** Rows under the same columns. On a narrow screen each row is a card whose cells carry their column's name. */
export function Table<Row>({
  label,
  columns,
  rows,
  rowKey,
  more,
}: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  more?: MoreRows;
}) {
  return (
    <>
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={column.end ? 'cell-end' : undefined}>
                {column.actions ? <span className="hidden">{column.label}</span> : column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td
                  key={column.id}
                  className={column.actions ? 'cell-actions' : column.end ? 'cell-end' : undefined}
                  {...(!column.actions && { 'data-label': column.label })}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more?.has && (
        <div className="table-more">
          <More more={more} label={t.common.more} />
        </div>
      )}
    </>
  );
}

/** Asks for a further page; after a failure, once more. `label` says what it looks for. */
export function More({ more, label }: { more: MoreRows; label: string }) {
  const failed = more.error !== null && !more.pending;
  return (
    <>
      {failed && <Failure error={more.error} />}
      <Button small isPending={more.pending} onPress={more.load}>
        {failed ? t.common.retry : label}
      </Button>
    </>
  );
}
