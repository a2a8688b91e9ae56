import type { Psa } from "../../api/types";
import { deltaOf } from "../../lib/delta";
import { formatCount, formatHours, formatRate, plural, shareText } from "../../lib/format";
import { Metric } from "../../ui/Metric";

export function PsaMetrics({ psa }: { psa: Psa }) {
  const { previous } = psa;
  const eligible = plural(psa.capture_eligible_count, "resolved, ticket-linked session");
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Metric
        label="Capture rate"
        value={formatRate(psa.capture_rate)}
        tone="text-accent"
        note={`${shareText(psa.capture_rate, psa.capture_eligible_count, "resolved, ticket-linked session")} with a time entry`}
        delta={previous ? deltaOf("rate", "up", psa.capture_rate, previous.capture_rate) : null}
        detail={`of ${eligible}`}
      />
      <Metric
        label="Time entries"
        value={formatCount(psa.total_time_entries)}
        note="Time entries posted to the PSA in the period"
        delta={previous ? deltaOf("count", "up", psa.total_time_entries, previous.total_time_entries) : null}
        detail={`${plural(psa.total_notes, "note")}, ${plural(psa.total_status_updates, "status update")}`}
      />
      <Metric
        label="Hours logged"
        value={formatHours(psa.total_hours_logged)}
        note="The sum of those entries' hours"
        delta={previous ? deltaOf("hours", "up", psa.total_hours_logged, previous.total_hours_logged) : null}
        detail={`in ${plural(psa.total_time_entries, "entry", "entries")}`}
      />
      <Metric
        label="Avg hours per session"
        value={formatHours(psa.avg_hours_per_session)}
        note={`Hours of the entries that name a session, over the ${plural(psa.sessions_with_time_entry, "session")} they name`}
        delta={previous ? deltaOf("hours", "neither", psa.avg_hours_per_session, previous.avg_hours_per_session) : null}
        detail={`over ${plural(psa.sessions_with_time_entry, "session")}`}
      />
    </div>
  );
}
