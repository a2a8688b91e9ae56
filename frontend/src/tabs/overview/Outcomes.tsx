import type { Overview } from "../../api/types";
import { deltaOf, type GoodWhen } from "../../lib/delta";
import { formatCount, formatRate, plural, shareText } from "../../lib/format";
import { type SessionFilter, useDrillDown } from "../../sessions/DrillDown";
import { Figure } from "../../ui/Figure";
import { Metric } from "../../ui/Metric";

interface OutcomeRate {
  key: "resolution_rate" | "escalation_rate" | "abandonment_rate";
  label: string;
  goodWhen: GoodWhen;
  filter: SessionFilter;
  behind: string;
}

const RATES: readonly OutcomeRate[] = [
  {
    key: "resolution_rate",
    label: "Resolution rate",
    goodWhen: "up",
    filter: { status: "resolved" },
    behind: "Resolved sessions",
  },
  {
    key: "escalation_rate",
    label: "Escalation rate",
    goodWhen: "down",
    filter: { status: "escalated" },
    behind: "Escalated sessions",
  },
  {
    key: "abandonment_rate",
    label: "Abandonment rate",
    goodWhen: "down",
    filter: { status: "abandoned" },
    behind: "Abandoned sessions",
  },
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
      {RATES.map(({ key, label, goodWhen, filter, behind }) => (
        <Metric
          key={key}
          label={label}
          value={formatRate(overview[key])}
          note={shareText(overview[key], overview.ended_count, "ended session")}
          delta={previous ? deltaOf("rate", goodWhen, overview[key], previous[key]) : null}
          onOpen={drill(behind, filter)}
          detail={ended}
        />
      ))}
    </div>
  );
}
