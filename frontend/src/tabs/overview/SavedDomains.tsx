import type { DomainSaved, TimeSaved } from "../../api/types";
import { formatCount, formatHours, formatHoursInterval, NOTHING } from "../../lib/format";
import { moneyText } from "../../lib/money";
import { useMoney } from "../../state/Money";
import { Card } from "../../ui/Card";
import { DomainName } from "../../ui/DomainName";
import { LongTable } from "../../ui/LongTable";

/** What the hours saved are made of. */
export function SavedDomains({ saved }: { saved: TimeSaved }) {
  if (saved.by_domain.length === 0) return null;
  return (
    <Card
      title="Hours saved by domain"
      hint="Domains with at least 5 guided and 5 unguided resolved sessions; an observation, not a proof"
      flush
    >
      <LongTable
        label="Hours saved by domain"
        rows={saved.by_domain}
        rowKey={({ domain }) => domain}
        order="hours"
        head={
          <>
            <th scope="col" className="fpa-sticky">
              Domain
            </th>
            <th scope="col" className="text-right">
              Hours saved
            </th>
            <th scope="col" className="text-right">
              95% interval
            </th>
            <th scope="col" className="text-right">
              Guided
            </th>
            <th scope="col" className="text-right">
              Unguided
            </th>
          </>
        }
      >
        {(row, index) => <Row row={row} index={index} />}
      </LongTable>
    </Card>
  );
}

function Row({ row, index }: { row: DomainSaved; index: number }) {
  const { rate } = useMoney();
  const money = moneyText(row.hours, rate);
  return (
    <tr data-index={index}>
      <th scope="row" className="fpa-sticky">
        <DomainName domain={row.domain} />
      </th>
      <td className="whitespace-nowrap text-right">
        {formatHours(row.hours)}
        {money !== null && <span className="text-muted"> · {money}</span>}
      </td>
      <td className="whitespace-nowrap text-right">{formatHoursInterval(row.low, row.high) ?? NOTHING}</td>
      <td className="text-right">{formatCount(row.guided_timed_count)}</td>
      <td className="text-right">{formatCount(row.unguided_timed_count)}</td>
    </tr>
  );
}
