import type { DomainCoverage } from "../../api/types";
import { formatRate, formatScore, plural } from "../../lib/format";
import { useDrillDown } from "../../sessions/DrillDown";
import { Figure } from "../../ui/Figure";
import { FlowName } from "../../ui/FlowName";
import { RATE_COLUMNS } from "./columns";

/** A domain's flows, best first: which flows a domain is mapped to. */
export function DomainFlows({ domain }: { domain: DomainCoverage }) {
  const drill = useDrillDown();
  return (
    <tr data-flows-of={domain.domain}>
      <td colSpan={3 + RATE_COLUMNS.length} className="fpa-unfolded">
        {domain.flows.length === 0 ? (
          <p className="text-muted">No active flow is in this domain.</p>
        ) : (
          <ul className="space-y-1.5">
            {domain.flows.map((flow) => (
              <li key={flow.flow_id} data-flow={flow.flow_id} className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
                <FlowName flow={flow} className="min-w-40 flex-1 font-medium" />
                <Figure
                  note="Sessions of the period that matched this flow, whatever their domain"
                  onOpen={drill({ flow_id: flow.flow_id })}
                  count={flow.usage_count}
                >
                  {plural(flow.usage_count, "session")}
                </Figure>
                <span className="text-xs text-muted">
                  success {formatRate(flow.success_rate)}, quality {formatScore(flow.quality_score)}
                </span>
              </li>
            ))}
          </ul>
        )}
      </td>
    </tr>
  );
}
