import type { Overview, Psa } from "../../api/types";
import type { QuestionResult } from "../../api/useQuestion";
import { deltaOf } from "../../lib/delta";
import { formatCount, formatHours, formatRate, NOTHING, plural, shareText } from "../../lib/format";
import { useDrillDown } from "../../sessions/DrillDown";
import { Metric } from "../../ui/Metric";

/** What justifies the tool: time saved, how much of the work is guided, and whether done work was logged. */
export function Headline({ overview, capture }: { overview: Overview; capture: QuestionResult<"psa"> }) {
  const drill = useDrillDown();
  const { previous } = overview;
  return (
    <div className="grid gap-3 md:grid-cols-3">
      <HoursSaved overview={overview} />
      <Metric
        size="hero"
        label="Guided share"
        value={formatRate(overview.guided_rate)}
        note={`${shareText(overview.guided_rate, overview.classified_count, "session")} with a confidence tier`}
        delta={previous ? deltaOf("rate", "up", overview.guided_rate, previous.guided_rate) : null}
        detail={`of ${plural(overview.classified_count, "classified session")} followed a flow`}
        onOpen={drill("Guided sessions", { tier: "guided" })}
      />
      <Capture psa={capture.data?.body} failed={capture.isError} />
    </div>
  );
}

function HoursSaved({ overview }: { overview: Overview }) {
  const { time_saved: saved, previous } = overview;
  const basis = `compared with unguided sessions of the same domain`;
  return (
    <Metric
      size="hero"
      label="Hours saved"
      value={saved.hours === null ? NOTHING : formatHours(saved.hours)}
      tone="text-accent"
      note={
        saved.hours === null
          ? "No domain has at least 5 guided and 5 unguided resolved sessions yet, so there is nothing to compare."
          : `${plural(saved.guided_sessions_counted, "guided session")} in ${plural(saved.domains_counted, "domain")}, ${basis}.\n` +
            `${plural(saved.guided_sessions_not_comparable, "guided session")} had no comparison (fewer than 5 of either kind in the domain).\n` +
            "An observation, not a proof."
      }
      delta={previous ? deltaOf("hours", "up", saved.hours, previous.time_saved.hours) : null}
      detail={
        <>
          {basis}
          <br />
          {formatCount(saved.guided_sessions_counted)} counted, {formatCount(saved.guided_sessions_not_comparable)} not
          comparable
        </>
      }
    />
  );
}

function Capture({ psa, failed }: { psa: Psa | undefined; failed: boolean }) {
  const basis = "resolved sessions with a ticket";
  if (!psa) {
    return (
      <Metric
        size="hero"
        label="Capture rate"
        value={failed ? NOTHING : "…"}
        note={failed ? "The PSA numbers could not be loaded." : "Loading"}
        detail={failed ? "PSA numbers could not be loaded" : "Loading…"}
      />
    );
  }
  return (
    <Metric
      size="hero"
      label="Capture rate"
      value={formatRate(psa.capture_rate)}
      note={
        psa.capture_rate === null
          ? `No ${basis} in this period`
          : `${shareText(psa.capture_rate, psa.capture_eligible_count, "resolved, ticket-linked session")} with a time entry`
      }
      delta={psa.previous ? deltaOf("rate", "up", psa.capture_rate, psa.previous.capture_rate) : null}
      detail={`of ${formatCount(psa.capture_eligible_count)} ${basis} have a time entry`}
    />
  );
}
