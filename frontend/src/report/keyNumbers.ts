/** The Overview's numbers as lines of a table. */
import type { Overview } from "../api/types";
import { countDelta, type Delta, type GoodWhen, meanDelta, rateDelta, savedDelta } from "../lib/delta";
import {
  formatCount,
  formatHours,
  formatHoursInterval,
  formatInterval,
  formatMinutes,
  formatRate,
  formatRating,
  NOTHING,
  plural,
} from "../lib/format";
import { wilson } from "../lib/interval";
import { moneyText, type Rate } from "../lib/money";

export interface KeyNumber {
  name: string;
  value: string;
  /** What it rests on. */
  basis: string;
  delta: Delta | null;
}

type Numbers = Omit<Overview, "previous" | "period" | "as_of" | "stale" | "account_name">;

const RATES = [
  ["Resolution rate", "resolution_rate", "ended_count", "ended session", "up"],
  ["Escalation rate", "escalation_rate", "ended_count", "ended session", "down"],
  ["Abandonment rate", "abandonment_rate", "ended_count", "ended session", "down"],
  ["Guided share of classified sessions", "guided_rate", "classified_count", "classified session", "up"],
  ["Guided success rate", "guided_success_rate", "guided_ended_count", "ended guided session", "up"],
  ["Resolved with guidance", "guided_resolved_share", "ended_count", "ended session", "up"],
] as const satisfies readonly [string, keyof Numbers, keyof Numbers, string, GoodWhen][];

export function keyNumbers(overview: Overview, rate: Rate | null): KeyNumber[] {
  const { previous } = overview;
  return [
    {
      name: "Sessions",
      value: formatCount(overview.total_sessions),
      basis: `${formatCount(overview.ended_count)} ended, ${formatCount(overview.open_count)} open`,
      delta: previous ? countDelta("neither", overview.total_sessions, previous.total_sessions) : null,
    },
    hoursSaved(overview, rate),
    ...RATES.map(([name, key, n, noun, good]) => ({
      name,
      value: formatRate(overview[key]),
      basis: `of ${plural(overview[n], noun)}, 95% interval ${formatInterval(wilson(overview[key], overview[n]))}`,
      delta: previous
        ? rateDelta(good, { rate: overview[key], n: overview[n] }, { rate: previous[key], n: previous[n] })
        : null,
    })),
    {
      name: "Time to resolve (mean)",
      value: formatMinutes(overview.mttr_minutes),
      basis: `of ${plural(overview.timed_count, "session")}; median ${formatMinutes(overview.median_resolution_minutes)}, 90% within ${formatMinutes(overview.p90_resolution_minutes)}`,
      delta: previous
        ? meanDelta(
            "minutes",
            { value: overview.mttr_minutes, n: overview.timed_count },
            { value: previous.mttr_minutes, n: previous.timed_count },
          )
        : null,
    },
    {
      name: "Rating",
      value: overview.avg_rating === null ? NOTHING : `${formatRating(overview.avg_rating)} / 5`,
      basis: `of ${plural(overview.rated_count, "rated session")}`,
      delta: previous
        ? meanDelta(
            "rating",
            { value: overview.avg_rating, n: overview.rated_count },
            { value: previous.avg_rating, n: previous.rated_count },
          )
        : null,
    },
  ];
}

function hoursSaved({ time_saved: saved, previous }: Overview, rate: Rate | null): KeyNumber {
  const money = moneyText(saved.hours, rate, saved);
  const interval = formatHoursInterval(saved.low, saved.high);
  return {
    name: "Hours saved",
    value: formatHours(saved.hours),
    basis: [
      interval && `95% interval ${interval}`,
      money,
      `${plural(saved.guided_sessions_counted, "guided session")} compared with unguided ones of the same domain`,
    ]
      .filter((part) => part !== null)
      .join("; "),
    delta: previous ? savedDelta(saved, previous.time_saved) : null,
  };
}
