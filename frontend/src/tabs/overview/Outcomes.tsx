import type { Overview } from "../../api/types";
import { deltaOf, type GoodWhen } from "../../lib/delta";
import { formatCount, formatMinutes, formatRate, formatRating, plural, shareText } from "../../lib/format";
import { type SessionFilter, useDrillDown } from "../../sessions/DrillDown";
import { Figure } from "../../ui/Figure";
import { Metric } from "../../ui/Metric";

interface OutcomeRate {
  key: "resolution_rate" | "escalation_rate" | "abandonment_rate";
  label: string;
  goodWhen: GoodWhen;
  filter: SessionFilter;
}

const RATES: readonly OutcomeRate[] = [
  { key: "resolution_rate", label: "Resolution rate", goodWhen: "up", filter: { status: "resolved" } },
  { key: "escalation_rate", label: "Escalation rate", goodWhen: "down", filter: { status: "escalated" } },
  { key: "abandonment_rate", label: "Abandonment rate", goodWhen: "down", filter: { status: "abandoned" } },
];

/** How the period's sessions went. */
export function Outcomes({ overview }: { overview: Overview }) {
  const drill = useDrillDown();
  const { previous } = overview;
  const ended = `of ${plural(overview.ended_count, "ended session")}`;
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Metric
        label="Sessions"
        value={formatCount(overview.total_sessions)}
        note={`${plural(overview.ended_count, "session")} ended, ${formatCount(overview.open_count)} still open`}
        delta={previous ? deltaOf("count", "neither", overview.total_sessions, previous.total_sessions) : null}
        onOpen={drill("All sessions", {})}
        detail={
          <>
            <Figure onOpen={drill("Ended sessions", { status: "ended" })}>{formatCount(overview.ended_count)}</Figure>{" "}
            ended,{" "}
            <Figure onOpen={drill("Open sessions", { status: "open" })}>{formatCount(overview.open_count)}</Figure> open
          </>
        }
      />
      {RATES.map(({ key, label, goodWhen, filter }) => (
        <Metric
          key={key}
          label={label}
          value={formatRate(overview[key])}
          note={shareText(overview[key], overview.ended_count, "ended session")}
          delta={previous ? deltaOf("rate", goodWhen, overview[key], previous[key]) : null}
          onOpen={drill(label.replace(" rate", ": sessions behind the rate"), filter)}
          detail={ended}
        />
      ))}
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
        value={overview.avg_rating === null ? "–" : `${formatRating(overview.avg_rating)} / 5`}
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
