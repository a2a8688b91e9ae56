import type { DayTrend } from "../../api/types";
import { formatWeekday } from "../../lib/dates";
import { formatCount, formatHours } from "../../lib/format";

/** The chart's numbers, day by day, in the chart's order. */
export function TrendTable({ days }: { days: readonly DayTrend[] }) {
  return (
    <section
      aria-label="Days"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className="max-h-96 overflow-auto rounded-lg border border-line"
    >
      <table className="fpa-table" aria-label="Daily trend">
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col" className="text-right">
              Entries
            </th>
            <th scope="col" className="text-right">
              Hours
            </th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ date, entries, hours, partial }) => (
            <tr key={date} data-date={date}>
              <th scope="row">
                {formatWeekday(date)} {partial && <span className="fpa-chip text-muted">so far</span>}
              </th>
              <td className="text-right">{formatCount(entries)}</td>
              <td className="text-right">{formatHours(hours)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
