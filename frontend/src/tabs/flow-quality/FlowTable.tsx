import { useMemo } from "react";
import type { Flow, FlowQuality } from "../../api/types";
import { useNow } from "../../state/useNow";
import type { FlowColumn, View } from "../../state/view";
import { LongTable } from "../../ui/LongTable";
import { Notice } from "../../ui/Notice";
import { SortHeader } from "../../ui/SortHeader";
import { FlowRow } from "./FlowRow";
import { type FlowFilter, reasonsByFlow, sortFlows, standings } from "./flows";

interface FlowTableProps {
  quality: FlowQuality;
  /** Those that the reader picked. */
  flows: readonly Flow[];
  filter: FlowFilter;
  sort: View["flowSort"];
  onSort: (sort: View["flowSort"]) => void;
}

const NUMBERS: readonly { column: FlowColumn; heading: string }[] = [
  { column: "usage", heading: "Usage" },
  { column: "success_rate", heading: "Success Rate" },
  { column: "last_used", heading: "Last Used" },
  { column: "confidence", heading: "Avg Confidence" },
  { column: "quality", heading: "Quality Score" },
];

/** Every flow with its score. The API's order breaks ties, so its own three sorts read exactly as it sent them. */
export function FlowTable({ quality, flows, filter, sort, onSort }: FlowTableProps) {
  const now = useNow(60_000);
  const { places, reasons, before } = useMemo(
    () => ({
      places: standings(quality),
      reasons: reasonsByFlow(quality.needs_attention),
      before: new Map(quality.previous?.flows.map((flow) => [flow.flow_id, flow])),
    }),
    [quality],
  );
  const header = { sort, onSort };
  if (flows.length === 0) return <Notice icon="search" title="No flow is like that" />;
  return (
    <section aria-label="Flows" className="glass-card-static min-w-0">
      <LongTable
        label="Flow quality"
        rows={sortFlows(flows, sort)}
        rowKey={(flow) => flow.flow_id}
        order={`${sort.key} ${sort.direction} ${filter.reason} ${filter.text}`}
        head={
          <>
            <SortHeader<FlowColumn> {...header} column="name" first="asc" className="fpa-sticky">
              Flow Name
            </SortHeader>
            <SortHeader<FlowColumn> {...header} column="domain" first="asc">
              Domain
            </SortHeader>
            {NUMBERS.map(({ column, heading }) => (
              <SortHeader<FlowColumn> {...header} key={column} column={column} className="text-right">
                {heading}
              </SortHeader>
            ))}
          </>
        }
      >
        {(flow, index) => (
          <FlowRow
            flow={flow}
            before={before.get(flow.flow_id)}
            standing={places.get(flow.flow_id)}
            attention={reasons.get(flow.flow_id)}
            tz={quality.period.tz}
            now={now}
            index={index}
          />
        )}
      </LongTable>
    </section>
  );
}
