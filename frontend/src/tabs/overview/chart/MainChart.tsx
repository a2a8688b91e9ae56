import { useState } from "react";
import type { Trend } from "../../../api/types";
import { COURSES } from "../../../lib/courses";
import { stepFor, tickName } from "../../../lib/steps";
import { type Chart, STEPS, type Step } from "../../../state/view";
import { Card } from "../../../ui/Card";
import { PlainChart } from "../../../ui/PlainChart";
import { Segments } from "../../../ui/Segments";
import { CourseTable } from "./CourseTable";
import { LazyCourseChart } from "./LazyCourseChart";
import { Published } from "./Published";

interface MainChartProps {
  trend: Trend;
  chart: Chart;
  step: Step | null;
  onStep: (step: Step) => void;
}

const STEP_NAME: Record<Step, string> = { day: "Day", week: "Week", month: "Month" };

/** One number over the period, by day, week or month, with the previous period behind it and what was published. */
export function MainChart({ trend, chart, step, onStep }: MainChartProps) {
  const [shown, setShown] = useState<"Chart" | "Table">("Chart");
  const { period, points, markers, previous } = trend;
  const by = step ?? stepFor(period.from, period.to);
  const course = COURSES[chart];
  const partial = points.some((point) => point.partial);
  const hints = [
    `By ${by}, of the sessions that began in it`,
    previous && "the thin line is the previous period",
    partial && "dashed where a part is missing",
    markers.length > 0 && "a marker says that a flow was published",
  ].filter((part) => typeof part === "string");
  return (
    <Card
      title={`${course.title} over time`}
      hint={`${hints.join("; ")}.`}
      actions={
        <span className="fpa-no-print inline-flex flex-wrap gap-2">
          <Segments label="Step of the chart" values={STEPS} names={STEP_NAME} chosen={by} onChoose={onStep} />
          <Segments label="Show the course as" values={["Chart", "Table"]} chosen={shown} onChoose={setShown} />
        </span>
      }
    >
      {shown === "Table" ? (
        <CourseTable points={points} previous={previous?.points ?? []} course={course} step={by} />
      ) : (
        <div className="fpa-no-print">
          <LazyCourseChart
            points={points}
            previous={previous?.points ?? []}
            markers={markers}
            chart={chart}
            step={by}
          />
        </div>
      )}
      <div className="fpa-print-only">
        <PlainChart
          title={course.title}
          labels={points.map(({ start }) => tickName(start, by))}
          values={points.map(course.value)}
          before={previous?.points.slice(0, points.length).map(course.value) ?? []}
          format={course.format}
          {...(course.share ? { top: 1 } : {})}
        />
      </div>
      <Published markers={markers} />
    </Card>
  );
}
