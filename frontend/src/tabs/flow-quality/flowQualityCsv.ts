/** The Flow Quality tab as a file: the flows of the table in its order, with why they need attention and their place. */
import type { FlowQuality } from "../../api/types";
import { csvOf } from "../../lib/csv";
import type { View } from "../../state/view";
import { CSV_COLUMNS, chosenFlows, type FlowFilter, reasonsByFlow, sortFlows, standings } from "./flows";

export function flowQualityCsv(body: FlowQuality, filter: FlowFilter, sort: View["flowSort"]): string {
  const reasons = reasonsByFlow(body.needs_attention);
  const places = standings(body);
  const before = new Map(body.previous?.flows.map((flow) => [flow.flow_id, flow]));
  const rows = sortFlows(chosenFlows(body, filter), sort).map((flow) => {
    const standing = places.get(flow.flow_id);
    return {
      ...flow,
      needs_attention: reasons.get(flow.flow_id) ?? [],
      standing: standing ? `${standing.place} ${standing.rank}` : null,
    };
  });
  return csvOf({
    columns: [...CSV_COLUMNS, "needs_attention", "standing"],
    rows,
    before: body.previous && ((row) => ("flow_id" in row ? before.get(String(row.flow_id)) : undefined)),
  });
}
