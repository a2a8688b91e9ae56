import { createContext, useContext } from "react";
import type { TrendPoint } from "../../../api/types";
import { COURSES } from "../../../lib/courses";
import { sparkPath } from "../../../lib/steps";
import type { Chart } from "../../../state/view";

interface Courses {
  points: readonly TrendPoint[];
  chosen: Chart;
  onChoose: (chart: Chart) => void;
}

/** What the tiles share with the chart. */
export const CoursesContext = createContext<Courses | null>(null);

const WIDTH = 120;
const HEIGHT = 22;

/** A tile's number over time, small; pressing the tile puts it into the chart. */
export function Course({ chart }: { chart: Chart }) {
  const courses = useContext(CoursesContext);
  if (courses === null) return null;
  const { points, chosen, onChoose } = courses;
  const { title, value } = COURSES[chart];
  return (
    <button
      type="button"
      className="fpa-course fpa-no-print"
      aria-pressed={chosen === chart}
      aria-label={`Show ${title} in the chart`}
      onClick={() => onChoose(chart)}
    >
      <svg aria-hidden="true" viewBox={`-1 -2 ${WIDTH + 2} ${HEIGHT + 4}`} preserveAspectRatio="none">
        <path d={sparkPath(points.map(value), WIDTH, HEIGHT)} vectorEffect="non-scaling-stroke" />
      </svg>
    </button>
  );
}
