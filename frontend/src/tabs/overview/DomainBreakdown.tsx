import type { DomainOutcome, Overview } from "../../api/types";
import { rateDelta } from "../../lib/delta";
import { formatCount, formatRate, numeratorOf } from "../../lib/format";
import { rateNote } from "../../lib/notes";
import { boundsOf } from "../../lib/tone";
import { useDrillDown } from "../../sessions/DrillDown";
import { Card } from "../../ui/Card";
import { Changed } from "../../ui/Changed";
import { DomainName } from "../../ui/DomainName";
import { Figure } from "../../ui/Figure";
import { LongTable } from "../../ui/LongTable";
import { Notice } from "../../ui/Notice";

/** Where the work is: the period's sessions by domain, as a table whose bars are decoration. */
export function DomainBreakdown({ overview }: { overview: Overview }) {
  const { domain_breakdown: domains, previous } = overview;
  const most = Math.max(1, ...domains.map((domain) => domain.session_count));
  const before = new Map(previous?.domain_breakdown.map((domain) => [domain.domain.toLowerCase(), domain]));
  if (domains.length === 0) return <Notice icon="empty" title="No session named a domain in this period" />;
  return (
    <Card title="Sessions by domain" hint="Most first; press a domain to see it alone" flush>
      <LongTable
        label="Sessions by domain"
        rows={domains}
        rowKey={(domain) => domain.domain}
        order="sessions"
        head={
          <>
            <th scope="col">Domain</th>
            <th scope="col" className="text-right">
              Sessions
            </th>
            <th scope="col" className="hidden w-1/3 sm:table-cell">
              <span className="fpa-sr">Share of the largest</span>
            </th>
            <th scope="col" className="text-right">
              Open
            </th>
            <th scope="col" className="text-right">
              Resolution
            </th>
          </>
        }
      >
        {(domain, index) => (
          <Row domain={domain} before={before.get(domain.domain.toLowerCase())} most={most} index={index} />
        )}
      </LongTable>
    </Card>
  );
}

interface RowProps {
  domain: DomainOutcome;
  before: DomainOutcome | undefined;
  most: number;
  index: number;
}

function Row({ domain, before, most, index }: RowProps) {
  const drill = useDrillDown();
  const { domain: name, resolution_rate: rate, ended_count: n } = domain;
  return (
    <tr data-index={index}>
      <th scope="row">
        <DomainName domain={name} />
      </th>
      <td className="text-right">
        <Figure
          onOpen={drill({ domain: name })}
          note={`${formatCount(n)} ended, ${formatCount(domain.open_count)} open`}
        >
          {formatCount(domain.session_count)}
        </Figure>
      </td>
      <td className="hidden sm:table-cell" aria-hidden="true">
        <div className="fpa-bar">
          <div
            className="h-full rounded-full bg-accent/70"
            style={{ width: `${(domain.session_count / most) * 100}%` }}
          />
        </div>
      </td>
      <td className="text-right">
        <Figure note="Not ended yet" onOpen={drill({ domain: name, status: "open" })}>
          {formatCount(domain.open_count)}
        </Figure>
      </td>
      <td className="text-right">
        <Changed
          delta={before ? rateDelta("up", { rate, n }, { rate: before.resolution_rate, n: before.ended_count }) : null}
          note={rateNote(rate, n, "ended session")}
          onOpen={rate === null ? undefined : drill({ domain: name, status: "resolved" })}
          count={numeratorOf(rate, n)}
        >
          {formatRate(rate, boundsOf("resolution_rate"))}
        </Changed>
      </td>
    </tr>
  );
}
