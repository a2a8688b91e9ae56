import { QuestionFrame } from "../../frame/QuestionFrame";
import { metricsCsv } from "../../lib/csv";
import { Notice } from "../../ui/Notice";
import type { TabProps } from "../TabProps";
import { DomainBreakdown } from "./DomainBreakdown";
import { Guidance } from "./Guidance";
import { Headline } from "./Headline";
import { Outcomes } from "./Outcomes";
import { Tiers } from "./Tiers";
import { useCapture } from "./useCapture";
import { useOverview } from "./useOverview";

export default function OverviewTab({ view }: TabProps) {
  const overview = useOverview(view);
  const capture = useCapture(view);
  return (
    <QuestionFrame
      question="overview"
      result={overview}
      skeleton={{ cards: 8, rows: 6 }}
      csv={({ period: _, as_of: __, stale: ___, previous: ____, ...numbers }) => metricsCsv(numbers)}
    >
      {(body) =>
        body.total_sessions === 0 ? (
          <Notice icon="empty" title="No sessions in this period">
            As soon as engineers work with FlowPilot, their sessions are counted here. A longer period may already hold
            some.
          </Notice>
        ) : (
          <>
            <Headline overview={body} capture={capture} />
            <Outcomes overview={body} />
            <div className="grid items-start gap-3 lg:grid-cols-3">
              <div className="grid gap-3">
                <Tiers overview={body} />
                <Guidance overview={body} />
              </div>
              <div className="min-w-0 lg:col-span-2">
                <DomainBreakdown overview={body} />
              </div>
            </div>
          </>
        )
      }
    </QuestionFrame>
  );
}
