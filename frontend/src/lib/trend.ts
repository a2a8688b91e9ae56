/** The daily trend as a chart needs it: the day that is not over is drawn apart from the days that are. */
import type { DayTrend } from "../api/types";

export interface TrendPoint {
  date: string;
  hours: number | null;
  entries: number | null;
  /** Only on a cut last day and the day before it, so that the dashed piece joins the solid line. */
  hoursSoFar: number | null;
  entriesSoFar: number | null;
}

export function trendPoints(days: readonly DayTrend[]): TrendPoint[] {
  return days.map(({ date, hours, entries, partial }, index) => {
    const touches = partial || days[index + 1]?.partial === true;
    return {
      date,
      hours: partial ? null : hours,
      entries: partial ? null : entries,
      hoursSoFar: touches ? hours : null,
      entriesSoFar: touches ? entries : null,
    };
  });
}
