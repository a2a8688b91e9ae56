import type { FlowQuality } from "../api/types";
import { flowName, formatCount, formatRate, formatScore, NOTHING, plural } from "../lib/format";
import { ATTENTION, reasonsByFlow, standings } from "../tabs/flow-quality/flows";
import { Table } from "./Table";

const MOST_FLOWS = 40;

export function FlowSection({ quality }: { quality: FlowQuality }) {
  const places = standings(quality);
  const reasons = reasonsByFlow(quality.needs_attention);
  return (
    <section aria-label="Flow Quality">
      <h2>Flow Quality</h2>
      <p>
        {plural(quality.flows.length, "flow")}, {formatCount(quality.needs_attention.length)} of them need attention.
      </p>
      {quality.needs_attention.length > 0 && (
        <Table
          caption="Needs attention"
          rows={quality.needs_attention}
          rowKey={(flow) => flow.flow_id}
          most={30}
          columns={[
            { heading: "Flow", cell: flowName, text: true },
            { heading: "Domain", cell: (flow) => flow.domain ?? NOTHING, text: true },
            {
              heading: "Why",
              cell: (flow) => flow.reasons.map((reason) => ATTENTION[reason]).join(", "),
              text: true,
            },
            { heading: "Usage", cell: (flow) => formatCount(flow.usage_count) },
            { heading: "Success", cell: (flow) => formatRate(flow.success_rate) },
          ]}
        />
      )}
      <Table
        caption="Flows by quality score"
        rows={quality.flows}
        rowKey={(flow) => flow.flow_id}
        most={MOST_FLOWS}
        columns={[
          { heading: "Flow", cell: flowName, text: true },
          { heading: "Domain", cell: (flow) => flow.domain ?? NOTHING, text: true },
          {
            heading: "Place",
            cell: (flow) => {
              const place = places.get(flow.flow_id);
              return place ? `${place.place === "top" ? "Top" : "Bottom"} ${place.rank}` : "";
            },
            text: true,
          },
          { heading: "Usage", cell: (flow) => formatCount(flow.usage_count) },
          { heading: "Success", cell: (flow) => formatRate(flow.success_rate) },
          { heading: "Confidence", cell: (flow) => formatScore(flow.avg_confidence) },
          {
            heading: "Quality",
            cell: (flow) => `${formatScore(flow.quality_score)}${reasons.has(flow.flow_id) ? " !" : ""}`,
          },
        ]}
      />
    </section>
  );
}
