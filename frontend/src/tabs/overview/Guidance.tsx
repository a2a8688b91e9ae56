import type { Overview } from "../../api/types";
import { meanDelta, rateDelta } from "../../lib/delta";
import { formatMinutes, formatRate, formatRating, NOTHING, numeratorOf, plural } from "../../lib/format";
import { rateNote } from "../../lib/notes";
import { useDrillDown } from "../../sessions/DrillDown";
import { Metric } from "../../ui/Metric";
import { Course } from "./chart/Course";

/** What guidance does to a session, how long resolving takes, and how it was rated. */
export function Guidance({ overview }: { overview: Overview }) {
  const drill = useDrillDown();
  const { previous, guided_success_rate: success, guided_ended_count: n } = overview;
  const { guided_resolved_share: share, ended_count: ended } = overview;
  return (
    <div className="grid grid-cols-2 gap-3">
      <TimeToResolve overview={overview} />
      <Metric
        label="Guided success rate"
        value={formatRate(success)}
        note={rateNote(success, n, "ended guided session")}
        delta={
          previous
            ? rateDelta(
                "up",
                { rate: success, n },
                { rate: previous.guided_success_rate, n: previous.guided_ended_count },
              )
            : null
        }
        onOpen={drill({ tier: "guided", status: "resolved" })}
        count={numeratorOf(success, n)}
        detail={`of ${plural(n, "ended guided session")}`}
      />
      <Metric
        label="Resolved with guidance"
        value={formatRate(share)}
        note={rateNote(share, ended, "ended session", " were guided and resolved")}
        delta={
          previous
            ? rateDelta(
                "up",
                { rate: share, n: ended },
                { rate: previous.guided_resolved_share, n: previous.ended_count },
              )
            : null
        }
        onOpen={drill({ tier: "guided", status: "resolved" })}
        count={numeratorOf(share, ended)}
        detail={`of ${plural(ended, "ended session")}`}
      />
      <Rating overview={overview} />
    </div>
  );
}

function Rating({ overview }: { overview: Overview }) {
  const { previous, avg_rating: value, rated_count: n } = overview;
  return (
    <Metric
      label="Rating"
      value={value === null ? NOTHING : `${formatRating(value)} / 5`}
      note={`Mean of ${plural(n, "rated session")}`}
      delta={
        previous ? meanDelta("rating", { value, n }, { value: previous.avg_rating, n: previous.rated_count }) : null
      }
      detail={`from ${plural(n, "rating")}`}
      course={<Course chart="rating" />}
    />
  );
}

function TimeToResolve({ overview }: { overview: Overview }) {
  const { previous, invalid_duration_count: invalid, mttr_minutes: value, timed_count: n } = overview;
  return (
    <Metric
      label="Time to resolve (mean)"
      value={formatMinutes(value)}
      note={
        `Mean of ${plural(n, "resolved session")} with a duration.` +
        (invalid > 0 ? `\n${plural(invalid, "session")} left out: resolved before it was created.` : "")
      }
      delta={
        previous ? meanDelta("minutes", { value, n }, { value: previous.mttr_minutes, n: previous.timed_count }) : null
      }
      detail={`median ${formatMinutes(overview.median_resolution_minutes)}, 90% within ${formatMinutes(overview.p90_resolution_minutes)}`}
      course={<Course chart="time" />}
    />
  );
}
