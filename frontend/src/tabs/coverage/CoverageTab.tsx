import { QuestionFrame } from "../../frame/QuestionFrame";
import { tableCsv } from "../../lib/csv";
import { Notice } from "../../ui/Notice";
import type { TabProps } from "../TabProps";
import { CoverageSummary } from "./CoverageSummary";
import { CSV_COLUMNS, sortDomains } from "./columns";
import { Heatmap } from "./Heatmap";
import { KnowledgeGaps } from "./KnowledgeGaps";
import { useCoverage } from "./useCoverage";

export default function CoverageTab({ view, onView, onCreateFlow }: TabProps) {
  const result = useCoverage(view);
  return (
    <QuestionFrame
      question="coverage"
      result={result}
      skeleton={{ cards: 4, rows: 10 }}
      csv={({ domains }) => tableCsv(CSV_COLUMNS, sortDomains(domains, view.domainSort))}
    >
      {(body) => (
        <>
          <CoverageSummary coverage={body} />
          {body.domains.length === 0 ? (
            <Notice icon="empty" title="No domains yet">
              Domains appear with the first session that names one, or the first active flow in a category.
            </Notice>
          ) : (
            <>
              <KnowledgeGaps gaps={body.knowledge_gaps} onCreateFlow={onCreateFlow} />
              <Heatmap
                coverage={body}
                sort={view.domainSort}
                onSort={(domainSort) => onView({ domainSort })}
                onCreateFlow={onCreateFlow}
              />
            </>
          )}
        </>
      )}
    </QuestionFrame>
  );
}
