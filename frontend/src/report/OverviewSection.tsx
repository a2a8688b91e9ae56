import type { Trend } from "../api/types";
import { COURSES } from "../lib/courses";
import { formatCount, formatHours, formatHoursInterval, formatRate, NOTHING } from "../lib/format";
import { stepFor, tickName } from "../lib/steps";
import { toneOf } from "../lib/tone";
import { useMoney } from "../state/Money";
import type { Chart } from "../state/view";
import { PlainChart } from "../ui/PlainChart";
import { DeltaMark } from "./DeltaMark";
import { EffectsTable } from "./EffectsTable";
import { keyNumbers } from "./keyNumbers";
import { Table } from "./Table";
import { TeamTable } from "./TeamTable";
import type { ReportAnswers } from "./useReport";

interface OverviewSectionProps {
  answers: ReportAnswers;
  domain: string | null;
}

export function OverviewSection({ answers, domain }: OverviewSectionProps) {
  const { rate } = useMoney();
  const { overview, trend, engineers } = answers;
  return (
    <section aria-label="Overview">
      <h2>Overview</h2>
      <Table
        caption="Numbers of the period"
        rows={keyNumbers(overview, rate)}
        rowKey={({ name }) => name}
        columns={[
          { heading: "Number", cell: ({ name }) => name, text: true },
          { heading: "Value", cell: ({ value }) => value },
          { heading: "Rests on", cell: ({ basis }) => basis, text: true },
          { heading: "Change", cell: ({ delta }) => <DeltaMark delta={delta} /> },
        ]}
      />
      <div className="fpa-charts">
        <CoursePlain trend={trend} chart="sessions" />
        <CoursePlain trend={trend} chart="resolution" />
      </div>
      <Table
        caption="Sessions by domain"
        rows={overview.domain_breakdown}
        rowKey={(row) => row.domain}
        most={60}
        columns={[
          { heading: "Domain", cell: (row) => row.domain, text: true },
          { heading: "Sessions", cell: (row) => formatCount(row.session_count) },
          { heading: "Ended", cell: (row) => formatCount(row.ended_count) },
          { heading: "Open", cell: (row) => formatCount(row.open_count) },
          {
            heading: "Resolution",
            cell: (row) => formatRate(row.resolution_rate),
            tone: (row) => toneOf("resolution_rate", row.resolution_rate),
          },
        ]}
      />
      {overview.time_saved.by_domain.length > 0 && (
        <Table
          caption="Hours saved by domain"
          rows={overview.time_saved.by_domain}
          rowKey={(row) => row.domain}
          most={30}
          columns={[
            { heading: "Domain", cell: (row) => row.domain, text: true },
            { heading: "Hours saved", cell: (row) => formatHours(row.hours) },
            { heading: "95% interval", cell: (row) => formatHoursInterval(row.low, row.high) ?? NOTHING },
            { heading: "Guided", cell: (row) => formatCount(row.guided_timed_count) },
            { heading: "Unguided", cell: (row) => formatCount(row.unguided_timed_count) },
          ]}
        />
      )}
      <EffectsTable effects={answers["flow-effects"]} domain={domain} />
      <TeamTable answer={engineers} />
    </section>
  );
}

function CoursePlain({ trend, chart }: { trend: Trend; chart: Chart }) {
  const { title, value, format, share } = COURSES[chart];
  const { points, previous, period } = trend;
  const step = stepFor(period.from, period.to);
  return (
    <PlainChart
      title={`${title} by ${step}${previous ? "; thin: the previous period" : ""}`}
      labels={points.map(({ start }) => tickName(start, step))}
      values={points.map(value)}
      before={previous?.points.slice(0, points.length).map(value) ?? []}
      format={format}
      {...(share ? { top: 1 } : {})}
    />
  );
}
