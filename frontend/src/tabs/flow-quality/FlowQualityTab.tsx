import { useState } from "react";
import { QuestionFrame } from "../../frame/QuestionFrame";
import { Notice } from "../../ui/Notice";
import type { TabProps } from "../TabProps";
import { FlowFilters } from "./FlowFilters";
import { FlowTable } from "./FlowTable";
import { flowQualityCsv } from "./flowQualityCsv";
import { chosenFlows, NO_FILTER } from "./flows";
import { Performers } from "./Performers";
import { useFlowQuality } from "./useFlowQuality";

export default function FlowQualityTab({ view, onView }: TabProps) {
  const result = useFlowQuality(view);
  const [filter, setFilter] = useState(NO_FILTER);
  return (
    <QuestionFrame
      question="flow-quality"
      result={result}
      skeleton={{ cards: 0, rows: 12 }}
      csv={(body) => flowQualityCsv(body, filter, view.flowSort)}
    >
      {(body) =>
        body.flows.length === 0 ? (
          <Notice icon="empty" title={view.domain === null ? "No flows yet" : `No flows in ${view.domain}`}>
            Flows appear here as soon as they are active; their scores with the first sessions that end.
          </Notice>
        ) : (
          <>
            <Performers quality={body} onReason={(reason) => setFilter({ text: "", reason })} />
            <FlowFilters quality={body} filter={filter} onChange={setFilter} />
            <FlowTable
              quality={body}
              flows={chosenFlows(body, filter)}
              filter={filter}
              sort={view.flowSort}
              onSort={(flowSort) => onView({ flowSort })}
            />
          </>
        )
      }
    </QuestionFrame>
  );
}
