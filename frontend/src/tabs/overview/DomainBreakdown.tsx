import type { DomainOutcome, Overview } from "../../api/types";
import { deltaOf } from "../../lib/delta";
import { formatCount, formatRate, shareText } from "../../lib/format";
import { boundsOf } from "../../lib/tone";
import { useDrillDown } from "../../sessions/DrillDown";
import { Card } from "../../ui/Card";
import { DeltaText } from "../../ui/DeltaText";
import { Figure } from "../../ui/Figure";
import { Notice } from "../../ui/Notice";

/** Where the work is: the period's sessions by domain, as a table whose bars are decoration. */
export function DomainBreakdown({ overview }: { overview: Overview }) {
  const drill = useDrillDown();
  const { domain_breakdown: domains, previous } = overview;
  const most = Math.max(1, ...domains.map((domain) => domain.session_count));
  const before = new Map(previous?.domain_breakdown.map((domain) => [domain.domain.toLowerCase(), domain]));
  if (domains.length === 0) return <Notice icon="empty" title="No session named a domain in this period" />;
  return (
    <Card title="Sessions by domain" hint="Most first" flush>
      <div className="fpa-table-wrap">
        <table className="fpa-table">
          <thead>
            <tr>
              <th scope="col">Domain</th>
              <th scope="col" className="text-right">
                Sessions
              </th>
              <th scope="col" className="hidden w-2/5 sm:table-cell">
                <span className="fpa-sr">Share of the largest</span>
              </th>
              <th scope="col" className="text-right">
                Open
              </th>
              <th scope="col" className="text-right">
                Resolution
              </th>
            </tr>
          </thead>
          <tbody>
            {domains.map((domain) => (
              <tr key={domain.domain}>
                <th scope="row">{domain.domain}</th>
                <td className="text-right">
                  <Figure
                    onOpen={drill(domain.domain, { domain: domain.domain })}
                    note={`${formatCount(domain.ended_count)} ended, ${formatCount(domain.open_count)} open`}
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
                  <Figure onOpen={drill(`${domain.domain}: open sessions`, { domain: domain.domain, status: "open" })}>
                    {formatCount(domain.open_count)}
                  </Figure>
                </td>
                <td className="text-right">
                  <Resolution
                    domain={domain}
                    before={before.get(domain.domain.toLowerCase())}
                    compared={Boolean(previous)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

interface ResolutionProps {
  domain: DomainOutcome;
  before: DomainOutcome | undefined;
  compared: boolean;
}

function Resolution({ domain, before, compared }: ResolutionProps) {
  const drill = useDrillDown();
  return (
    <span className="inline-flex flex-wrap items-center justify-end gap-x-2 sm:flex-nowrap">
      {compared && (
        <DeltaText quiet delta={deltaOf("rate", "up", domain.resolution_rate, before?.resolution_rate ?? null)} />
      )}
      <Figure
        note={shareText(domain.resolution_rate, domain.ended_count, "ended session")}
        onOpen={drill(`${domain.domain}: resolved sessions`, { domain: domain.domain, status: "resolved" })}
      >
        {formatRate(domain.resolution_rate, boundsOf("resolution_rate"))}
      </Figure>
    </span>
  );
}
