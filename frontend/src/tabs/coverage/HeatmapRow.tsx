import type { DomainCoverage } from "../../api/types";
import { deltaOf } from "../../lib/delta";
import { formatCount, formatMinutes, formatRate, plural, shareText } from "../../lib/format";
import { boundsOf, CELL_CLASS, hasPoorCell, TEXT_CLASS, toneOf } from "../../lib/tone";
import { useDrillDown } from "../../sessions/DrillDown";
import { DeltaText } from "../../ui/DeltaText";
import { Figure } from "../../ui/Figure";
import { Icon } from "../../ui/Icon";
import { RATE_COLUMNS, type RateColumn } from "./columns";

interface HeatmapRowProps {
  domain: DomainCoverage;
  before: DomainCoverage | undefined;
  onCreateFlow: (domain: string) => void;
}

export function HeatmapRow({ domain, before, onCreateFlow }: HeatmapRowProps) {
  const drill = useDrillDown();
  const flowTone = toneOf("flow_count", domain.flow_count) ?? "poor";
  return (
    <tr data-domain={domain.domain}>
      <th scope="row" className="fpa-sticky">
        <span className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
          <span className="font-medium">{domain.domain}</span>
          {hasPoorCell(domain) && (
            <button
              type="button"
              className="fpa-button fpa-button-small"
              aria-label={`Create Flow for ${domain.domain}`}
              onClick={() => onCreateFlow(domain.domain)}
            >
              <Icon name="plus" size={11} /> Create Flow
            </button>
          )}
        </span>
      </th>
      <td className={`text-right ${CELL_CLASS[flowTone]} ${TEXT_CLASS[flowTone]}`}>
        <Figure
          note={`${plural(domain.flow_count, "active flow")}.\nGreen from 5, red without any`}
          className="font-medium"
        >
          {formatCount(domain.flow_count)}
        </Figure>
      </td>
      <td className="text-right">
        <span className="inline-flex flex-wrap items-center justify-end gap-x-2 sm:flex-nowrap">
          <DeltaText
            quiet
            delta={before ? deltaOf("count", "neither", domain.session_count, before.session_count) : null}
          />
          <Figure note={sessionsNote(domain)} onOpen={drill(domain.domain, { domain: domain.domain })}>
            {formatCount(domain.session_count)}
          </Figure>
        </span>
      </td>
      {RATE_COLUMNS.map((column) => (
        <RateCell key={column.metric} column={column} domain={domain} before={before} />
      ))}
    </tr>
  );
}

interface RateCellProps {
  column: RateColumn;
  domain: DomainCoverage;
  before: DomainCoverage | undefined;
}

function RateCell({ column, domain, before }: RateCellProps) {
  const drill = useDrillDown();
  const { metric, noun, denominator, filter, behind, goodWhen, rule } = column;
  const rate = domain[metric];
  const tone = toneOf(metric, rate);
  return (
    <td className={`text-right ${tone ? `${CELL_CLASS[tone]} ${TEXT_CLASS[tone]}` : "text-muted"}`}>
      <span className="inline-flex flex-wrap items-center justify-end gap-x-2 sm:flex-nowrap">
        <DeltaText quiet delta={before ? deltaOf("rate", goodWhen, rate, before[metric]) : null} />
        <Figure
          note={`${shareText(rate, denominator(domain), noun)}.\n${rule}`}
          onOpen={
            rate === null ? undefined : drill(`${domain.domain}: ${behind}`, { domain: domain.domain, ...filter })
          }
          className="font-medium"
        >
          {formatRate(rate, boundsOf(metric))}
        </Figure>
      </span>
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
