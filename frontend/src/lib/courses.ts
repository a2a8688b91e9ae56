/** The numbers that have a course over time: what each is at a point, and what it rests on. */
import type { TrendPoint } from "../api/types";
import type { Chart } from "../state/view";
import { formatCount, formatMinutes, formatRate, formatRating } from "./format";

export interface Course {
  title: string;
  value: (point: TrendPoint) => number | null;
  /** How many the value rests on; null where the value is a count itself. */
  basis: ((point: TrendPoint) => number) | null;
  noun: string;
  format: (value: number | null) => string;
  /** Rates are drawn from 0 to 100 %, so that two charts can be compared. */
  share: boolean;
}

export const COURSES: Readonly<Record<Chart, Course>> = {
  sessions: {
    title: "Sessions",
    value: (point) => point.session_count,
    basis: null,
    noun: "session",
    format: formatCount,
    share: false,
  },
  resolution: {
    title: "Resolution rate",
    value: (point) => point.resolution_rate,
    basis: (point) => point.ended_count,
    noun: "ended session",
    format: (value) => formatRate(value),
    share: true,
  },
  escalation: {
    title: "Escalation rate",
    value: (point) => point.escalation_rate,
    basis: (point) => point.ended_count,
    noun: "ended session",
    format: (value) => formatRate(value),
    share: true,
  },
  guided: {
    title: "Guided share",
    value: (point) => point.guided_rate,
    basis: (point) => point.classified_count,
    noun: "classified session",
    format: (value) => formatRate(value),
    share: true,
  },
  time: {
    title: "Time to resolve",
    value: (point) => point.mttr_minutes,
    basis: (point) => point.timed_count,
    noun: "resolved session",
    format: formatMinutes,
    share: false,
  },
  rating: {
    title: "Rating",
    value: (point) => point.avg_rating,
    basis: (point) => point.rated_count,
    noun: "rated session",
    format: formatRating,
    share: false,
  },
  capture: {
    title: "Capture rate",
    value: (point) => point.capture_rate,
    basis: (point) => point.capture_eligible_count,
    noun: "resolved session with a ticket",
    format: (value) => formatRate(value),
    share: true,
  },
};
