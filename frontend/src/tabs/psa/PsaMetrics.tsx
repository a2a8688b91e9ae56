import type { Psa } from "../../api/types";
import { countDelta, meanDelta, rateDelta, unknownDelta } from "../../lib/delta";
import { formatCount, formatHours, formatRate, plural } from "../../lib/format";
import { rateNote } from "../../lib/notes";
import { Metric } from "../../ui/Metric";

export function PsaMetrics({ psa }: { psa: Psa }) {
  const { previous, capture_rate: rate, capture_eligible_count: n } = psa;
  const named = plural(psa.sessions_with_time_entry, "session");
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Metric
        label="Capture rate"
        value={formatRate(rate)}
        tone="text-accent"
        note={rateNote(rate, n, "resolved, ticket-linked session", " with a time entry")}
        delta={
          previous
            ? rateDelta("up", { rate, n }, { rate: previous.capture_rate, n: previous.capture_eligible_count })
            : null
        }
        detail={`of ${plural(n, "resolved, ticket-linked session")}`}
      />
      <Metric
        label="Time entries"
        value={formatCount(psa.total_time_entries)}
        note="Time entries posted to the PSA in the period"
        delta={previous ? countDelta("up", psa.total_time_entries, previous.total_time_entries) : null}
        detail={`${plural(psa.total_notes, "note")}, ${plural(psa.total_status_updates, "status update")}`}
      />
      <Metric
        label="Hours logged"
        value={formatHours(psa.total_hours_logged)}
        note="The sum of those entries' hours"
        delta={previous ? unknownDelta("hours", psa.total_hours_logged, previous.total_hours_logged) : null}
        detail={`in ${plural(psa.total_time_entries, "entry", "entries")}`}
      />
      <Metric
        label="Avg hours per session"
        value={formatHours(psa.avg_hours_per_session)}
        note={`Hours of the entries that name a session, over the ${named} they name`}
        delta={
          previous
            ? meanDelta(
                "hours",
                { value: psa.avg_hours_per_session, n: psa.sessions_with_time_entry },
                { value: previous.avg_hours_per_session, n: previous.sessions_with_time_entry },
              )
            : null
        }
        detail={`over ${named}`}
      />
    </div>
  );
}
