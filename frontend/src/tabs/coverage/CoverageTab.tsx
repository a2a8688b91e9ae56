import { QuestionFrame } from "../../frame/QuestionFrame";
import { Notice } from "../../ui/Notice";
import type { TabProps } from "../TabProps";
import { CoverageSummary } from "./CoverageSummary";
import { coverageCsv } from "./coverageCsv";
import { Heatmap } from "./Heatmap";
import { KnowledgeGaps } from "./KnowledgeGaps";
import { useCoverage } from "./useCoverage";

export default function CoverageTab({ view, onView }: TabProps) {
  const result = useCoverage(view);
  return (
    <QuestionFrame
      question="coverage"
      result={result}
      skeleton={{ cards: 4, rows: 10 }}
      csv={(body) => coverageCsv(body, view.domainSort)}
    >
      {(body) => (
        <>
          <CoverageSummary coverage={body} domain={view.domain} />
          {body.domains.length === 0 ? (
            <Notice icon="empty" title={view.domain === null ? "No domains yet" : `Nothing in ${view.domain}`}>
              {view.domain === null
                ? "Domains appear with the first session that names one, or the first active flow in a category."
                : "In this period no session names this domain, and no active flow is in it."}
            </Notice>
          ) : (
            <>
              <KnowledgeGaps coverage={body} />
              <Heatmap coverage={body} sort={view.domainSort} onSort={(domainSort) => onView({ domainSort })} />
            </>
          )}
        </>
      )}
    </QuestionFrame>
  );
}
