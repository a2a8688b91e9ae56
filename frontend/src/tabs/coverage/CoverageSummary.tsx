import type { Coverage } from "../../api/types";
import { countDelta } from "../../lib/delta";
import { formatCount, formatHours } from "../../lib/format";
import { useDrillDown } from "../../sessions/DrillDown";
import { Metric } from "../../ui/Metric";

interface CoverageSummaryProps {
  coverage: Coverage;
  /** The domain that is asked for; null: all. */
  domain: string | null;
}

export function CoverageSummary({ coverage, domain: only }: CoverageSummaryProps) {
  const drill = useDrillDown();
  const { previous, knowledge_gaps: gaps } = coverage;
  const impact = gaps.reduce((sum, gap) => sum + gap.impact_hours, 0);
  const without = coverage.domains.filter((domain) => domain.flow_count === 0).length;
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Metric
        label="Domains"
        value={formatCount(coverage.total_domains)}
        note="Domains with a session in the period or an active flow"
        delta={previous ? countDelta("neither", coverage.total_domains, previous.total_domains) : null}
        detail={`${formatCount(without)} without an active flow`}
      />
      <Metric
        label="Knowledge gaps"
        value={formatCount(gaps.length)}
        note="Domains with at least 5 sessions that lack flows, or whose flows do not carry"
        delta={previous ? countDelta("down", gaps.length, previous.knowledge_gaps.length) : null}
        detail={`${formatHours(impact)} of unguided work`}
      />
      <Metric
        label="Unmapped sessions"
        value={formatCount(coverage.unmapped_session_count)}
        note="Sessions that name no problem domain; they are in no row below"
        delta={previous ? countDelta("down", coverage.unmapped_session_count, previous.unmapped_session_count) : null}
        onOpen={only === null ? drill({ unmapped: "true" }) : undefined}
        detail="without a problem domain"
      />
      <Metric
        label="Uncategorised flows"
        value={formatCount(coverage.uncategorised_flow_count)}
        note="Active flows without a category count for no domain"
        delta={
          previous ? countDelta("down", coverage.uncategorised_flow_count, previous.uncategorised_flow_count) : null
        }
        detail="active, in no domain"
      />
    </div>
  );
}
