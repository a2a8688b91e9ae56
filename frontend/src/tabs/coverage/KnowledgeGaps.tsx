import type { KnowledgeGap } from "../../api/types";
import { formatHours, plural } from "../../lib/format";
import { useDrillDown } from "../../sessions/DrillDown";
import { Card } from "../../ui/Card";
import { Figure } from "../../ui/Figure";
import { Icon } from "../../ui/Icon";

const REASON: Record<KnowledgeGap["reasons"][number], string> = {
  no_active_flow: "No active flow",
  low_guided_rate: "Guided below 30%",
  low_resolution_rate: "Resolution below 50%",
  high_escalation_rate: "Escalation above 25%",
};

interface KnowledgeGapsProps {
  gaps: readonly KnowledgeGap[];
  onCreateFlow: (domain: string) => void;
}

/** Where a flow would help most, by the hours that unguided work took. */
export function KnowledgeGaps({ gaps, onCreateFlow }: KnowledgeGapsProps) {
  const drill = useDrillDown();
  if (gaps.length === 0) {
    return (
      <Card title="Knowledge gaps">
        <p className="text-muted">None: every domain with enough sessions has flows that work.</p>
      </Card>
    );
  }
  return (
    <Card
      title="Knowledge gaps"
      hint="Domains that ask for a flow, by the hours spent in unguided sessions (at most 8 hours a session)"
      flush
    >
      <ol>
        {gaps.map(({ domain, reasons, impact_hours, session_count }) => (
          <li
            key={domain}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-2.5 last:border-b-0 sm:px-5"
          >
            <span className="w-full font-medium sm:w-44">{domain}</span>
            <span className="flex w-full flex-wrap gap-1.5 sm:w-auto sm:flex-1">
              {reasons.map((reason) => (
                <span key={reason} className="fpa-chip border-poor/30 bg-rose-500/10 text-poor">
                  {REASON[reason]}
                </span>
              ))}
            </span>
            <span className="flex-1 whitespace-nowrap text-xs text-muted sm:flex-none">
              <Figure note="Hours of ended unguided sessions" className="text-sm font-semibold text-ink">
                {formatHours(impact_hours)}
              </Figure>{" "}
              in{" "}
              <Figure onOpen={drill(domain, { domain })} className="text-ink">
                {plural(session_count, "session")}
              </Figure>
            </span>
            <button
              type="button"
              className="fpa-button fpa-button-small"
              aria-label={`Create Flow for ${domain}`}
              onClick={() => onCreateFlow(domain)}
            >
              <Icon name="plus" size={11} /> Create Flow
            </button>
          </li>
        ))}
      </ol>
    </Card>
  );
}
