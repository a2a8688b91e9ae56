import type { Psa } from "../api/types";
import { formatDay } from "../lib/dates";
import { countDelta, rateDelta, unknownDelta } from "../lib/delta";
import { formatCount, formatHours, formatInterval, formatRate, plural } from "../lib/format";
import { stagesOf } from "../lib/funnel";
import { wilson } from "../lib/interval";
import { moneyText } from "../lib/money";
import { useMoney } from "../state/Money";
import { PlainChart } from "../ui/PlainChart";
import { DeltaMark } from "./DeltaMark";
import { Table } from "./Table";

export function PsaSection({ psa }: { psa: Psa }) {
  const stages = stagesOf(psa.push_funnel);
  const { daily_trend: days, off_path } = psa;
  return (
    <section aria-label="PSA">
      <h2>PSA</h2>
      <Numbers psa={psa} />
      <Table
        caption="Push success funnel"
        rows={stages}
        rowKey={({ key }) => key}
        columns={[
          { heading: "Step", cell: (stage) => stage.name, text: true },
          { heading: "Sessions", cell: (stage) => formatCount(stage.count) },
          { heading: "Of all", cell: (stage) => formatRate(stage.ofAll) },
          { heading: "Of the step before", cell: (stage) => formatRate(stage.conversion) },
          { heading: "Lost", cell: (stage) => formatCount(stage.before - stage.count) },
        ]}
      />
      <p>
        Off the path: {formatCount(off_path.time_entry_without_doc)} with a time entry but no doc,{" "}
        {formatCount(off_path.doc_without_ticket)} with a doc but no ticket.
      </p>
      <div className="fpa-charts">
        <PlainChart
          title="Hours logged per day"
          labels={days.map(({ date }) => formatDay(date))}
          values={days.map(({ hours }) => hours)}
          format={formatHours}
        />
        <PlainChart
          title="Time entries per day"
          labels={days.map(({ date }) => formatDay(date))}
          values={days.map(({ entries }) => entries)}
          format={formatCount}
        />
      </div>
    </section>
  );
}

function Numbers({ psa }: { psa: Psa }) {
  const { rate } = useMoney();
  const { previous, capture_rate: capture, capture_eligible_count: n } = psa;
  const rows = [
    {
      name: "Hours not logged",
      value: formatHours(psa.unlogged_hours),
      basis: [moneyText(psa.unlogged_hours, rate), `in ${plural(psa.unlogged_session_count, "resolved session")}`]
        .filter((part) => part !== null)
        .join("; "),
      delta: previous ? unknownDelta("hours", psa.unlogged_hours, previous.unlogged_hours) : null,
    },
    {
      name: "Capture rate",
      value: formatRate(capture),
      basis: `of ${plural(n, "resolved session")} with a ticket, 95% interval ${formatInterval(wilson(capture, n))}`,
      delta: previous
        ? rateDelta("up", { rate: capture, n }, { rate: previous.capture_rate, n: previous.capture_eligible_count })
        : null,
    },
    {
      name: "Time entries",
      value: formatCount(psa.total_time_entries),
      basis: `${plural(psa.total_notes, "note")}, ${plural(psa.total_status_updates, "status update")}`,
      delta: previous ? countDelta("up", psa.total_time_entries, previous.total_time_entries) : null,
    },
    {
      name: "Hours logged",
      value: formatHours(psa.total_hours_logged),
      basis: `${formatHours(psa.avg_hours_per_session)} per session that has any`,
      delta: previous ? unknownDelta("hours", psa.total_hours_logged, previous.total_hours_logged) : null,
    },
  ];
  return (
    <Table
      caption="Numbers of the period"
      rows={rows}
      rowKey={({ name }) => name}
      columns={[
        { heading: "Number", cell: ({ name }) => name, text: true },
        { heading: "Value", cell: ({ value }) => value },
        { heading: "Rests on", cell: ({ basis }) => basis, text: true },
        { heading: "Change", cell: ({ delta }) => <DeltaMark delta={delta} /> },
      ]}
    />
  );
}
