import { QuestionFrame } from "../../frame/QuestionFrame";
import { tableCsv } from "../../lib/csv";
import { Notice } from "../../ui/Notice";
import type { TabProps } from "../TabProps";
import { FlowTable } from "./FlowTable";
import { CSV_COLUMNS, sortFlows } from "./flows";
import { Performers } from "./Performers";
import { useFlowQuality } from "./useFlowQuality";

export default function FlowQualityTab({ view, onView, onOpenFlow }: TabProps) {
  const result = useFlowQuality(view);
  return (
    <QuestionFrame
      question="flow-quality"
      result={result}
      skeleton={{ cards: 0, rows: 12 }}
      csv={({ flows }) => tableCsv(CSV_COLUMNS, sortFlows(flows, view.flowSort))}
    >
      {(body) =>
        body.flows.length === 0 ? (
          <Notice icon="empty" title="No flows yet">
            Flows appear here as soon as they are active; their scores with the first sessions that end.
          </Notice>
        ) : (
          <>
            <Performers quality={body} onOpenFlow={onOpenFlow} />
            <FlowTable
              quality={body}
              sort={view.flowSort}
              onSort={(flowSort) => onView({ flowSort })}
              onOpenFlow={onOpenFlow}
            />
          </>
        )
      }
    </QuestionFrame>
  );
}
