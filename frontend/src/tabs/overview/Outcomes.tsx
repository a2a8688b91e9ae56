import type { Overview } from "../../api/types";
import { countDelta, type GoodWhen, rateDelta } from "../../lib/delta";
import { formatCount, formatRate, numeratorOf, plural } from "../../lib/format";
import { rateNote } from "../../lib/notes";
import { useDrillDown } from "../../sessions/DrillDown";
import type { SessionFilter } from "../../sessions/filter";
import type { Chart } from "../../state/view";
import { Figure } from "../../ui/Figure";
import { Metric } from "../../ui/Metric";
import { Course } from "./chart/Course";

interface OutcomeRate {
  key: "resolution_rate" | "escalation_rate" | "abandonment_rate";
  label: string;
  goodWhen: GoodWhen;
  filter: SessionFilter;
  chart: Chart | null;
}

const RATES: readonly OutcomeRate[] = [
  {
    key: "resolution_rate",
    label: "Resolution rate",
    goodWhen: "up",
    filter: { status: "resolved" },
    chart: "resolution",
  },
  {
    key: "escalation_rate",
    label: "Escalation rate",
    goodWhen: "down",
    filter: { status: "escalated" },
    chart: "escalation",
  },
  {
    key: "abandonment_rate",
    label: "Abandonment rate",
    goodWhen: "down",
    filter: { status: "abandoned" },
    chart: null,
  },
];

/** How the period's sessions went. */
export function Outcomes({ overview }: { overview: Overview }) {
  const drill = useDrillDown();
  const { previous, ended_count: n } = overview;
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Sessions overview={overview} />
      {RATES.map(({ key, label, goodWhen, filter, chart }) => (
        <Metric
          key={key}
          label={label}
          value={formatRate(overview[key])}
          note={rateNote(overview[key], n, "ended session")}
          delta={
            previous
              ? rateDelta(goodWhen, { rate: overview[key], n }, { rate: previous[key], n: previous.ended_count })
              : null
          }
          onOpen={drill(filter)}
          count={numeratorOf(overview[key], n)}
          detail={`of ${plural(n, "ended session")}`}
          course={chart && <Course chart={chart} />}
        />
      ))}
    </div>
  );
}

function Sessions({ overview }: { overview: Overview }) {
  const drill = useDrillDown();
  const { previous, total_sessions: total, ended_count: ended, open_count: open } = overview;
  return (
    <Metric
      label="Sessions"
      value={formatCount(total)}
      note={`${plural(ended, "session")} ended, ${formatCount(open)} still open`}
      delta={previous ? countDelta("neither", total, previous.total_sessions) : null}
      onOpen={drill({})}
      detail={
        <>
          <Figure note="Resolved, escalated or abandoned" onOpen={drill({ status: "ended" })}>
            {formatCount(ended)}
          </Figure>{" "}
          ended,{" "}
          <Figure note="Not ended yet" onOpen={drill({ status: "open" })}>
            {formatCount(open)}
          </Figure>{" "}
          open
        </>
      }
      course={<Course chart="sessions" />}
    />
  );
}
