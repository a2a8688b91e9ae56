import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { Marker, TrendPoint } from "../../../api/types";
import { COURSES } from "../../../lib/courses";
import { drawnPoints, markersByPoint, tickName } from "../../../lib/steps";
import type { Chart, Step } from "../../../state/view";
import { PointNote } from "./PointNote";

export interface CourseChartProps {
  points: readonly TrendPoint[];
  previous: readonly TrendPoint[];
  markers: readonly Marker[];
  chart: Chart;
  step: Step;
}

const LINE = { type: "linear", isAnimationActive: false, strokeWidth: 2 } as const;

/** Nothing moves by itself: a chart that redraws every 30 seconds would draw the eye each time. */
export default function CourseChart({ points, previous, markers, chart, step }: CourseChartProps) {
  const course = COURSES[chart];
  const drawn = drawnPoints(points, previous, course, step);
  const published = markersByPoint(points, markers);
  const dots = drawn.length <= 31 ? { r: 2 } : false;
  return (
    <ResponsiveContainer width="100%" height={240}>
      <LineChart data={drawn} margin={{ top: 14, right: 22, bottom: 0, left: 0 }} title={`${course.title} over time`}>
        <CartesianGrid vertical={false} />
        <XAxis
          dataKey="start"
          tickFormatter={(start: string) => tickName(start, step)}
          tickLine={false}
          axisLine={false}
          minTickGap={36}
        />
        <YAxis
          width={48}
          tickLine={false}
          axisLine={false}
          allowDecimals={course.share}
          domain={course.share ? [0, 1] : [0, "auto"]}
          tickFormatter={(value: number) => course.format(value)}
        />
        <Tooltip content={<PointNote course={course} published={published} />} />
        {[...published].map(([start]) => (
          <ReferenceLine
            key={start}
            x={start}
            stroke="var(--fpa-accent-2)"
            strokeDasharray="2 3"
            label={{ value: "▼", position: "top", fill: "var(--fpa-accent-2)", fontSize: 10 }}
          />
        ))}
        <Line {...LINE} dataKey="before" stroke="var(--fpa-muted)" strokeWidth={1.25} dot={false} />
        <Line {...LINE} dataKey="soFar" stroke="var(--fpa-accent)" strokeDasharray="3 4" dot={false} />
        <Line {...LINE} dataKey="whole" stroke="var(--fpa-accent)" dot={dots} />
      </LineChart>
    </ResponsiveContainer>
  );
}
