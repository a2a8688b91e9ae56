import type { FlowQuality } from "../../api/types";
import { useNow } from "../../state/useNow";
import type { FlowColumn, View } from "../../state/view";
import { SortHeader } from "../../ui/SortHeader";
import { FlowRow } from "./FlowRow";
import { sortFlows, standings } from "./flows";

interface FlowTableProps {
  quality: FlowQuality;
  sort: View["flowSort"];
  onSort: (sort: View["flowSort"]) => void;
  onOpenFlow: (flowId: string) => void;
}

/** Every flow with its score. The API's order breaks ties, so its own three sorts read exactly as it sent them. */
export function FlowTable({ quality, sort, onSort, onOpenFlow }: FlowTableProps) {
  const now = useNow(60_000);
  const places = standings(quality);
  const reasons = new Map(quality.needs_attention.map((flow) => [flow.flow_id, flow.reasons]));
  const before = new Map(quality.previous?.flows.map((flow) => [flow.flow_id, flow]));
  const rows = sortFlows(quality.flows, sort);
  const header = { sort, onSort };
  return (
    <section aria-label="Flows" className="glass-card-static min-w-0">
      <div className="fpa-table-wrap">
        <table className="fpa-table" aria-label="Flow quality">
          <thead>
            <tr>
              <SortHeader<FlowColumn> {...header} column="name" first="asc" className="fpa-sticky">
                Flow Name
              </SortHeader>
              <SortHeader<FlowColumn> {...header} column="usage" className="text-right">
                Usage
              </SortHeader>
              <SortHeader<FlowColumn> {...header} column="success_rate" className="text-right">
                Success Rate
              </SortHeader>
              <SortHeader<FlowColumn> {...header} column="last_used" className="text-right">
                Last Used
              </SortHeader>
              <SortHeader<FlowColumn> {...header} column="confidence" className="text-right">
                Avg Confidence
              </SortHeader>
              <SortHeader<FlowColumn> {...header} column="quality" className="text-right">
                Quality Score
              </SortHeader>
            </tr>
          </thead>
          <tbody>
            {rows.map((flow) => (
              <FlowRow
                key={flow.flow_id}
                flow={flow}
                before={before.get(flow.flow_id)}
                standing={places.get(flow.flow_id)}
                attention={reasons.get(flow.flow_id)}
                tz={quality.period.tz}
                now={now}
                onOpenFlow={onOpenFlow}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
