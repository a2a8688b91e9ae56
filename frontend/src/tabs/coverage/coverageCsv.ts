/** The Coverage tab as a file: the heatmap in its order, the gaps with their reasons, and the domains' flows. */
import type { Coverage } from "../../api/types";
import { csvOf, metricsOf } from "../../lib/csv";
import type { View } from "../../state/view";
import { CSV_COLUMNS, sortDomains } from "./columns";

const GAP_COLUMNS = ["domain", "reasons", "impact_hours", "session_count", "unguided_ended_count"] as const;
const FLOW_COLUMNS = ["domain", "flow_id", "name", "usage_count", "success_rate", "quality_score"] as const;

const key = (row: object): string => ("domain" in row ? String(row.domain).toLowerCase() : "");

export function coverageCsv(body: Coverage, sort: View["domainSort"]): string {
  const domains = sortDomains(body.domains, sort);
  const { previous, total_domains, unmapped_session_count, uncategorised_flow_count } = body;
  const rows = new Map(previous?.domains.map((domain) => [key(domain), domain]));
  const gaps = new Map(previous?.knowledge_gaps.map((gap) => [key(gap), gap]));
  return csvOf(
    { columns: CSV_COLUMNS, rows: domains, before: previous && ((row) => rows.get(key(row))) },
    {
      title: "Summary",
      ...metricsOf({ total_domains, unmapped_session_count, uncategorised_flow_count }, previous),
    },
    {
      title: "Knowledge gaps",
      columns: GAP_COLUMNS,
      rows: body.knowledge_gaps,
      before: previous && ((row) => gaps.get(key(row))),
    },
    {
      title: "Flows by domain",
      columns: FLOW_COLUMNS,
      rows: domains.flatMap(({ domain, flows }) => flows.map((flow) => ({ domain, ...flow }))),
    },
  );
}
