import type { FlowEffects } from "../api/types";
import { formatRange } from "../lib/dates";
import { differenceText, VERDICT } from "../lib/effects";
import { flowName, formatCount, NOTHING, onOneLine } from "../lib/format";
import { Table } from "./Table";

/** What new flows changed, on paper. */
export function EffectsTable({ effects, domain }: { effects: FlowEffects; domain: string | null }) {
  const key = domain?.trim().toLowerCase();
  const flows = effects.flows.filter((flow) => key === undefined || flow.domain.toLowerCase() === key);
  const { from, to } = effects.period;
  if (flows.length === 0) return null;
  return (
    <Table
      caption={`What new flows changed (published ${formatRange(from, to)}; 30 days before and up to 30 after; an observation)`}
      rows={flows}
      rowKey={(flow) => flow.flow_id}
      most={25}
      columns={[
        { heading: "Flow", cell: flowName, text: true },
        { heading: "Domain", cell: (flow) => flow.domain, text: true },
        { heading: "Published", cell: (flow) => formatRange(flow.published_on, flow.published_on) },
        {
          heading: "Sessions",
          cell: ({ before, after }) =>
            onOneLine(`${formatCount(before.session_count)} → ${formatCount(after.session_count)}`),
        },
        { heading: "Resolution", cell: (flow) => differenceText(flow.differences.resolution_rate) ?? NOTHING },
        { heading: "Escalation", cell: (flow) => differenceText(flow.differences.escalation_rate) ?? NOTHING },
        { heading: "Verdict", cell: (flow) => VERDICT[flow.verdict].text, text: true },
      ]}
    />
  );
}
