import { memo } from "react";
import type { DomainCoverage } from "../../api/types";
import { countDelta, rateDelta } from "../../lib/delta";
import { formatCount, formatMinutes, formatRate, numeratorOf, plural } from "../../lib/format";
import { rateNote } from "../../lib/notes";
import { boundsOf, CELL_CLASS, hasPoorCell, TEXT_CLASS, toneOf } from "../../lib/tone";
import { useDrillDown } from "../../sessions/DrillDown";
import { Changed } from "../../ui/Changed";
import { CreateFlow } from "../../ui/CreateFlow";
import { DomainName } from "../../ui/DomainName";
import { Icon } from "../../ui/Icon";
import { useTabStop } from "../../ui/Reach";
import { RATE_COLUMNS, type RateColumn } from "./columns";

interface HeatmapRowProps {
  domain: DomainCoverage;
  before: DomainCoverage | undefined;
  index: number;
  unfolded: boolean;
  onFold: (domain: string) => void;
}

export const HeatmapRow = memo(function HeatmapRow({ domain, before, index, unfolded, onFold }: HeatmapRowProps) {
  const drill = useDrillDown();
  return (
    <tr data-domain={domain.domain} data-index={index}>
      <th scope="row" className="fpa-sticky">
        <span className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
          <DomainName domain={domain.domain} className="min-w-0 font-medium" />
          {hasPoorCell(domain) && <CreateFlow domain={domain.domain} />}
        </span>
      </th>
      <FlowsCell domain={domain} unfolded={unfolded} onFold={onFold} />
      <td className="text-right">
        <Changed
          delta={before ? countDelta("neither", domain.session_count, before.session_count) : null}
          note={sessionsNote(domain)}
          onOpen={drill({ domain: domain.domain })}
        >
          {formatCount(domain.session_count)}
        </Changed>
      </td>
      {RATE_COLUMNS.map((column) => (
        <RateCell key={column.metric} column={column} domain={domain} before={before} />
      ))}
    </tr>
  );
});

type FlowsCellProps = Pick<HeatmapRowProps, "domain" | "unfolded" | "onFold">;

function FlowsCell({ domain, unfolded, onFold }: FlowsCellProps) {
  const tone = toneOf("flow_count", domain.flow_count) ?? "poor";
  return (
    <td data-tone={tone} className={`text-right ${CELL_CLASS[tone]} ${TEXT_CLASS[tone]}`}>
      <button
        type="button"
        tabIndex={useTabStop()}
        className="fpa-number inline-flex items-center gap-1 font-medium"
        aria-expanded={unfolded}
        title={`${plural(domain.flow_count, "active flow")}. Green from 5, red without any`}
        onClick={() => onFold(domain.domain)}
      >
        {formatCount(domain.flow_count)}
        <Icon name={unfolded ? "open" : "closed"} size={10} />
      </button>
    </td>
  );
}

interface RateCellProps {
  column: RateColumn;
  domain: DomainCoverage;
  before: DomainCoverage | undefined;
}

function RateCell({ column, domain, before }: RateCellProps) {
  const drill = useDrillDown();
  const { metric, noun, denominator, filter, goodWhen, rule } = column;
  const rate = domain[metric];
  const n = denominator(domain);
  const tone = toneOf(metric, rate);
  return (
    <td
      data-tone={tone ?? undefined}
      className={`text-right ${tone ? `${CELL_CLASS[tone]} ${TEXT_CLASS[tone]}` : "text-muted"}`}
    >
      <Changed
        delta={before ? rateDelta(goodWhen, { rate, n }, { rate: before[metric], n: denominator(before) }) : null}
        note={`${rateNote(rate, n, noun)}\n${rule}`}
        onOpen={rate === null ? undefined : drill({ domain: domain.domain, ...filter })}
        count={numeratorOf(rate, n)}
        className="font-medium"
      >
        {formatRate(rate, boundsOf(metric))}
      </Changed>
    </td>
  );
}

function sessionsNote(domain: DomainCoverage): string {
  const lines = [`${formatCount(domain.ended_count)} ended, ${formatCount(domain.open_count)} open`];
  if (domain.timed_count > 0) {
    lines.push(
      `Resolved in ${formatMinutes(domain.avg_resolution_minutes)} on average (${formatCount(domain.timed_count)})`,
    );
  }
  if (domain.guided_timed_count > 0) {
    lines.push(
      `Guided ${formatMinutes(domain.avg_guided_resolution_minutes)} (${formatCount(domain.guided_timed_count)})`,
    );
  }
  if (domain.unguided_timed_count > 0) {
    const unguided = formatMinutes(domain.avg_unguided_resolution_minutes);
    lines.push(`Unguided ${unguided} (${formatCount(domain.unguided_timed_count)})`);
  }
  return lines.join("\n");
}
