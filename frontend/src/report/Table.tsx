import type { ReactNode } from "react";
import { withUnits } from "../lib/format";

export interface Column<Row> {
  heading: string;
  cell: (row: Row) => ReactNode;
  /** Text from the left, numbers from the right. */
  text?: true;
  /** The cell's colour rule. */
  tone?: (row: Row) => string | null;
}

interface TableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** At most so many rows are printed; the rest is told. */
  most?: number;
}

const whole = (content: ReactNode): ReactNode => (typeof content === "string" ? withUnits(content) : content);

/** A table for paper: its head is repeated on each sheet, and no row is cut. */
export function Table<Row>({ caption, columns, rows, rowKey, most = rows.length }: TableProps<Row>) {
  const rest = rows.length - most;
  return (
    <>
      <table className="fpa-sheet">
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ heading, text }) => (
              <th key={heading} scope="col" data-text={text}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((row) => (
            <tr key={rowKey(row)}>
              {columns.map(({ heading, cell, text, tone }, index) =>
                index === 0 ? (
                  <th key={heading} scope="row" data-text={text}>
                    {cell(row)}
                  </th>
                ) : (
                  <td key={heading} data-text={text} data-tone={tone?.(row) ?? undefined}>
                    {text ? cell(row) : whole(cell(row))}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {rest > 0 && <p className="text-xs text-muted">And {rest} more, which the tab’s CSV holds.</p>}
    </>
  );
}
