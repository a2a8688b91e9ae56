import { useMemo } from "react";
import { PartFrame } from "../../frame/PartFrame";
import { QuestionFrame } from "../../frame/QuestionFrame";
import { Notice } from "../../ui/Notice";
import type { TabProps } from "../TabProps";
import { CoursesContext } from "./chart/Course";
import { MainChart } from "./chart/MainChart";
import { DomainBreakdown } from "./DomainBreakdown";
import { Effects } from "./effects/Effects";
import { Guidance } from "./Guidance";
import { Headline } from "./Headline";
import { Outcomes } from "./Outcomes";
import { overviewCsv } from "./overviewCsv";
import { SavedDomains } from "./SavedDomains";
import { Tiers } from "./Tiers";
import { Team } from "./team/Team";
import { useCapture } from "./useCapture";
import { useEngineers } from "./useEngineers";
import { useFlowEffects } from "./useFlowEffects";
import { useOverview } from "./useOverview";
import { useTrend } from "./useTrend";

export default function OverviewTab({ view, onView }: TabProps) {
  const overview = useOverview(view);
  const [capture, trend] = [useCapture(view), useTrend(view)];
  const [engineers, effects] = [useEngineers(view), useFlowEffects(view)];
  const points = trend.data?.body.points;
  const courses = useMemo(
    () => (points ? { points, chosen: view.chart, onChoose: (chart: typeof view.chart) => onView({ chart }) } : null),
    [points, view.chart, onView],
  );
  return (
    <QuestionFrame
      question="overview"
      result={overview}
      skeleton={{ cards: 8, rows: 6 }}
      csv={(body) =>
        overviewCsv({
          overview: body,
          trend: trend.data?.body,
          engineers: engineers.data?.body,
          effects: effects.data?.body,
        })
      }
    >
      {(body) =>
        body.total_sessions === 0 ? (
          <Notice icon="empty" title="No sessions in this period">
            As soon as engineers work with FlowPilot, their sessions are counted here. A longer period may already hold
            some.
          </Notice>
        ) : (
          <CoursesContext.Provider value={courses}>
            <Headline overview={body} capture={capture} />
            <Outcomes overview={body} />
            <PartFrame result={trend}>
              {(answer) => (
                <MainChart trend={answer} chart={view.chart} step={view.step} onStep={(step) => onView({ step })} />
              )}
            </PartFrame>
            <div className="grid items-start gap-3 lg:grid-cols-3">
              <div className="grid min-w-0 gap-3">
                <Tiers overview={body} />
                <Guidance overview={body} />
              </div>
              <div className="min-w-0 lg:col-span-2">
                <DomainBreakdown overview={body} />
              </div>
            </div>
            <SavedDomains saved={body.time_saved} />
            <PartFrame result={effects}>{(answer) => <Effects effects={answer} domain={view.domain} />}</PartFrame>
            <PartFrame result={engineers}>{(answer) => <Team answer={answer} />}</PartFrame>
          </CoursesContext.Provider>
        )
      }
    </QuestionFrame>
  );
}
