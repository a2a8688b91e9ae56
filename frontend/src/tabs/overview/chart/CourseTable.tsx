import type { TrendPoint } from "../../../api/types";
import type { Course } from "../../../lib/courses";
import { formatCount } from "../../../lib/format";
import { pointName } from "../../../lib/steps";
import type { Step } from "../../../state/view";

interface CourseTableProps {
  points: readonly TrendPoint[];
  previous: readonly TrendPoint[];
  course: Course;
  step: Step;
}

/** The chart's numbers, point by point, in the chart's order. */
export function CourseTable({ points, previous, course, step }: CourseTableProps) {
  const { basis } = course;
  return (
    <section
      aria-label="Points"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className="relative max-h-96 overflow-auto rounded-lg border border-line"
    >
      <table className="fpa-table" aria-label={`${course.title} over time`}>
        <thead>
          <tr>
            <th scope="col">{step === "day" ? "Day" : step === "week" ? "Week" : "Month"}</th>
            <th scope="col" className="text-right">
              {course.title}
            </th>
            {basis && (
              <th scope="col" className="text-right">
                Of
              </th>
            )}
            {previous.length > 0 && (
              <th scope="col" className="text-right">
                Previous
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {points.map((point, index) => {
            const before = previous[index];
            return (
              <tr key={point.start} data-point={point.start}>
                <th scope="row">
                  {pointName(point, step)} {point.partial && <span className="fpa-chip text-muted">a part</span>}
                </th>
                <td className="text-right">{course.format(course.value(point))}</td>
                {basis && <td className="text-right">{formatCount(basis(point))}</td>}
                {previous.length > 0 && <td className="text-right">{before && course.format(course.value(before))}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
