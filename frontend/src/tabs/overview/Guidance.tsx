import type { Overview } from "../../api/types";
import { deltaOf } from "../../lib/delta";
import { formatMinutes, formatRate, formatRating, NOTHING, plural, shareText } from "../../lib/format";
import { useDrillDown } from "../../sessions/DrillDown";
import { Metric } from "../../ui/Metric";

/** What guidance does to a session, how long resolving takes, and how it was rated. */
export function Guidance({ overview }: { overview: Overview }) {
  const drill = useDrillDown();
  const { previous } = overview;
  const ended = `of ${plural(overview.ended_count, "ended session")}`;
  return (
    <div className="grid grid-cols-2 gap-3">
      <TimeToResolve overview={overview} />
      <Metric
        label="Guided success rate"
        value={formatRate(overview.guided_success_rate)}
        note={shareText(overview.guided_success_rate, overview.guided_ended_count, "ended guided session")}
        delta={previous ? deltaOf("rate", "up", overview.guided_success_rate, previous.guided_success_rate) : null}
        onOpen={drill("Guided and resolved sessions", { tier: "guided", status: "resolved" })}
        detail={`of ${plural(overview.guided_ended_count, "ended guided session")}`}
      />
      <Metric
        label="Resolved with guidance"
        value={formatRate(overview.guided_resolved_share)}
        note={`${shareText(overview.guided_resolved_share, overview.ended_count, "ended session")} were guided and resolved`}
        delta={previous ? deltaOf("rate", "up", overview.guided_resolved_share, previous.guided_resolved_share) : null}
        onOpen={drill("Guided and resolved sessions", { tier: "guided", status: "resolved" })}
        detail={ended}
      />
      <Metric
        label="Rating"
        value={overview.avg_rating === null ? NOTHING : `${formatRating(overview.avg_rating)} / 5`}
        note={`Mean of ${plural(overview.rated_count, "rated session")}`}
        delta={previous ? deltaOf("rating", "up", overview.avg_rating, previous.avg_rating) : null}
        detail={`from ${plural(overview.rated_count, "rating")}`}
      />
    </div>
  );
}

function TimeToResolve({ overview }: { overview: Overview }) {
  const { previous, invalid_duration_count: invalid } = overview;
  return (
    <Metric
      label="Time to resolve (mean)"
      value={formatMinutes(overview.mttr_minutes)}
      note={
        `Mean of ${plural(overview.timed_count, "resolved session")} with a duration.` +
        (invalid > 0 ? `\n${plural(invalid, "session")} left out: resolved before it was created.` : "")
      }
      delta={previous ? deltaOf("minutes", "down", overview.mttr_minutes, previous.mttr_minutes) : null}
      detail={`median ${formatMinutes(overview.median_resolution_minutes)}, 90% within ${formatMinutes(overview.p90_resolution_minutes)}`}
    />
  );
}
