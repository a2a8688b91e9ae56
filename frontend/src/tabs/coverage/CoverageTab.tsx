import { QuestionFrame } from "../../frame/QuestionFrame";
import { Notice } from "../../ui/Notice";
import type { TabProps } from "../TabProps";
import { CoverageSummary } from "./CoverageSummary";
import { Heatmap } from "./Heatmap";
import { KnowledgeGaps } from "./KnowledgeGaps";
import { useCoverage } from "./useCoverage";

export default function CoverageTab({ view, onView, onCreateFlow }: TabProps) {
  const result = useCoverage(view);
  return (
    <QuestionFrame question="coverage" view={view} result={result} skeleton={{ cards: 4, rows: 10 }}>
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
