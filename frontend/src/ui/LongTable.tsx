import { type ReactNode, useId, useRef } from "react";
import { formatCount } from "../lib/format";
import { Reach } from "./Reach";
import { useRowArrows } from "./useRowArrows";
import { useWindow } from "./useWindow";

/** From here on a table has its own scrolling, with its head in sight, and can be skipped. */
const LONG = 20;

interface LongTableProps<Row> {
  label: string;
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** The head's cells. */
  head: ReactNode;
  /** A row's `tr`, or two: it takes `index` as `data-index`. */
  children: (row: Row, index: number) => ReactNode;
  /** Which order, of which choice: another one begins at the top. */
  order: string;
  /** After the last row. */
  foot?: ReactNode;
  /** Every row at once, where the rows come by pages anyway. */
  all?: boolean;
}

/** A table that stays quick and passable with a thousand rows, and is a plain one with few. */
export function LongTable<Row>(props: LongTableProps<Row>) {
  const { label, rows, rowKey, head, children, order, foot, all = false } = props;
  const long = rows.length > LONG;
  const { shown, showAll } = useWindow(rows, order, all);
  const { active, handlers } = useRowArrows(long);
  const end = useRef<HTMLDivElement>(null);
  const hint = useId();
  return (
    <div className="relative">
      {long && (
        <button type="button" className="fpa-skip fpa-button" onClick={() => end.current?.focus()}>
          Skip the table “{label}”
        </button>
      )}
      <div className="fpa-table-wrap" data-long={long || undefined}>
        <table className="fpa-table" aria-label={label} aria-describedby={long ? hint : undefined} {...handlers}>
          <thead>
            <tr>{head}</tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <Reach.Provider key={rowKey(row)} value={active === null || active === index}>
                {children(row, index)}
              </Reach.Provider>
            ))}
          </tbody>
          {foot && <tfoot>{foot}</tfoot>}
        </table>
      </div>
      <div ref={end} tabIndex={-1} className="fpa-table-end">
        {long && (
          <p id={hint} className="fpa-sr">
            The up and down arrows move between rows.
          </p>
        )}
        {shown.length < rows.length && (
          <p className="flex flex-wrap items-center gap-3 border-t border-line px-4 py-2.5 text-xs text-muted sm:px-5">
            <span role="status">
              {formatCount(shown.length)} of {formatCount(rows.length)} rows shown
            </span>
            <button type="button" className="fpa-button fpa-button-small" onClick={showAll}>
              Show all {formatCount(rows.length)}
            </button>
          </p>
        )}
      </div>
    </div>
  );
}
