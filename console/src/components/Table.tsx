import type { ReactNode } from 'react';
import { t } from '../strings';
import { Button } from './Button';

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
  /** A further page of the list, if there is one. */
  more?: { has: boolean; pending: boolean; load: () => void };
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
          <Button small isPending={more.pending} onPress={more.load}>
            {t.common.more}
          </Button>
        </div>
      )}
    </>
  );
}
