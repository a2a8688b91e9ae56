import type { Coverage, DomainCoverage } from "../api/types";
import { formatCount, formatHours, formatRate, plural } from "../lib/format";
import { boundsOf, toneOf } from "../lib/tone";
import { RATE_COLUMNS } from "../tabs/coverage/columns";
import { noGapsText, REASON } from "../tabs/coverage/KnowledgeGaps";
import { Table } from "./Table";

export function CoverageSection({ coverage }: { coverage: Coverage }) {
  const { knowledge_gaps: gaps, domains } = coverage;
  return (
    <section aria-label="Coverage">
      <h2>Coverage</h2>
      <p>
        {plural(coverage.total_domains, "domain")}; {plural(coverage.unmapped_session_count, "session")} without a
        domain; {plural(coverage.uncategorised_flow_count, "active flow")} in no domain.
      </p>
      {gaps.length === 0 ? (
        <p>Knowledge gaps: {noGapsText(coverage)}</p>
      ) : (
        <Table
          caption="Knowledge gaps, by the hours of unguided work"
          rows={gaps}
          rowKey={(gap) => gap.domain}
          most={30}
          columns={[
            { heading: "Domain", cell: (gap) => gap.domain, text: true },
            { heading: "Why", cell: (gap) => gap.reasons.map((reason) => REASON[reason]).join(", "), text: true },
            { heading: "Hours", cell: (gap) => formatHours(gap.impact_hours) },
            { heading: "Unguided, ended", cell: (gap) => formatCount(gap.unguided_ended_count) },
            { heading: "Sessions", cell: (gap) => formatCount(gap.session_count) },
          ]}
        />
      )}
      <Table
        caption="Domain coverage"
        rows={domains}
        rowKey={(row) => row.domain}
        most={60}
        columns={[
          { heading: "Domain", cell: (row: DomainCoverage) => row.domain, text: true },
          {
            heading: "Flows",
            cell: (row: DomainCoverage) => formatCount(row.flow_count),
            tone: (row: DomainCoverage) => toneOf("flow_count", row.flow_count),
          },
          { heading: "Sessions", cell: (row: DomainCoverage) => formatCount(row.session_count) },
          ...RATE_COLUMNS.map(({ heading, metric }) => ({
            heading,
            cell: (row: DomainCoverage) => formatRate(row[metric], boundsOf(metric)),
            tone: (row: DomainCoverage) => toneOf(metric, row[metric]),
          })),
        ]}
      />
    </section>
  );
}
