import type { Overview, Psa } from "../../api/types";
import type { QuestionResult } from "../../api/useQuestion";
import { rateDelta } from "../../lib/delta";
import { formatCount, formatRate, NOTHING, numeratorOf, plural } from "../../lib/format";
import { rateNote } from "../../lib/notes";
import { useDrillDown } from "../../sessions/DrillDown";
import { Figure } from "../../ui/Figure";
import { Metric } from "../../ui/Metric";
import { Course } from "./chart/Course";
import { HoursSaved } from "./HoursSaved";

/** What justifies the tool: time saved, how much of the work is guided, and whether done work was logged. */
export function Headline({ overview, capture }: { overview: Overview; capture: QuestionResult<"psa"> }) {
  return (
    <div className="grid gap-3 md:grid-cols-3">
      <HoursSaved overview={overview} />
      <GuidedShare overview={overview} />
      <Capture psa={capture.data?.body} failed={capture.isError} />
    </div>
  );
}

function GuidedShare({ overview }: { overview: Overview }) {
  const drill = useDrillDown();
  const { guided_rate: rate, classified_count: n, previous } = overview;
  return (
    <Metric
      size="hero"
      label="Guided share of classified sessions"
      value={formatRate(rate)}
      note={rateNote(rate, n, "session", " with a confidence tier")}
      delta={
        previous ? rateDelta("up", { rate, n }, { rate: previous.guided_rate, n: previous.classified_count }) : null
      }
      detail={`of ${plural(n, "classified session")} followed a flow`}
      onOpen={drill({ tier: "guided" })}
      count={numeratorOf(rate, n)}
      course={<Course chart="guided" />}
    />
  );
}

function Capture({ psa, failed }: { psa: Psa | undefined; failed: boolean }) {
  const drill = useDrillDown();
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
  const { capture_rate: rate, capture_eligible_count: n, previous } = psa;
  return (
    <Metric
      size="hero"
      label="Capture rate"
      value={formatRate(rate)}
      note={
        rate === null
          ? `No ${basis} in this period`
          : rateNote(rate, n, "resolved, ticket-linked session", " with a time entry")
      }
      delta={
        previous
          ? rateDelta("up", { rate, n }, { rate: previous.capture_rate, n: previous.capture_eligible_count })
          : null
      }
      detail={
        <>
          of {formatCount(n)} {basis} have a time entry
          <br />
          <Figure note="Resolved sessions with a ticket and no time entry" onOpen={drill({ unlogged: "true" })}>
            {formatCount(psa.unlogged_session_count)}
          </Figure>{" "}
          have none
        </>
      }
      course={<Course chart="capture" />}
    />
  );
}
