/** The points of a course: how long each is, what it is called, and which lines are drawn through them. */
import type { Marker, TrendPoint } from "../api/types";
import type { Step } from "../state/view";
import type { Course } from "./courses";
import { daysIn, formatDay, formatMonth, formatRange } from "./dates";

/** As the API chooses where no step is asked for. */
export function stepFor(from: string, to: string): Step {
  const days = daysIn(from, to);
  return days <= 31 ? "day" : days <= 180 ? "week" : "month";
}

export const pointName = ({ start, end }: Pick<TrendPoint, "start" | "end">, step: Step): string =>
  step === "day" ? formatRange(start, start) : step === "week" ? formatRange(start, end) : formatMonth(start);

export const tickName = (start: string, step: Step): string =>
  step === "month" ? formatMonth(start).replace(/ \d+$/, "") : formatDay(start);

export interface DrawnPoint {
  start: string;
  name: string;
  partial: boolean;
  whole: number | null;
  /** Only on partial points and their neighbours, so that the dashed piece joins the solid line. */
  soFar: number | null;
  /** The same point of the previous period. */
  before: number | null;
  basis: number | null;
}

export function drawnPoints(
  points: readonly TrendPoint[],
  previous: readonly TrendPoint[],
  course: Course,
  step: Step,
): DrawnPoint[] {
  return points.map((point, index) => {
    const value = course.value(point);
    const touches = point.partial || points[index + 1]?.partial === true || points[index - 1]?.partial === true;
    const earlier = previous[index];
    return {
      start: point.start,
      name: pointName(point, step),
      partial: point.partial,
      whole: point.partial ? null : value,
      soFar: touches ? value : null,
      before: earlier ? course.value(earlier) : null,
      basis: course.basis ? course.basis(point) : null,
    };
  });
}

/** Markers by the point that holds their day. */
export function markersByPoint(points: readonly TrendPoint[], markers: readonly Marker[]): Map<string, Marker[]> {
  const found = new Map<string, Marker[]>();
  for (const marker of markers) {
    const point = points.find(({ start, end }) => start <= marker.date && marker.date <= end);
    if (point) found.set(point.start, [...(found.get(point.start) ?? []), marker]);
  }
  return found;
}

export interface Scale {
  low: number;
  high: number;
}

/** A line through the values in a box of that size; a value that is missing leaves a gap, one alone is a dot. */
export function sparkPath(
  values: readonly (number | null)[],
  width: number,
  height: number,
  scale: Scale = scaleOf(values),
): string {
  const { low, high } = scale;
  const x = (index: number) => (values.length === 1 ? width / 2 : (index / (values.length - 1)) * width);
  const y = (value: number) => (high === low ? height / 2 : height - ((value - low) / (high - low)) * height);
  const round = (value: number) => Math.round(value * 10) / 10;
  return values
    .map((value, index) => {
      if (value === null) return "";
      const starts = (values[index - 1] ?? null) === null;
      const alone = starts && (values[index + 1] ?? null) === null;
      return `${starts ? "M" : "L"}${round(x(index))} ${round(y(value))}${alone ? "h.1" : ""}`;
    })
    .join("");
}

function scaleOf(values: readonly (number | null)[]): Scale {
  const known = values.filter((value) => value !== null);
  return { low: Math.min(...known), high: Math.max(...known) };
}
