import { memo } from "react";
import type { AttentionFlow, Flow } from "../../api/types";
import { formatDaysAgo, formatInstant } from "../../lib/dates";
import { countDelta, rateDelta, unknownDelta } from "../../lib/delta";
import {
  formatCount,
  formatRate,
  formatRateExactly,
  formatScore,
  NOTHING,
  numeratorOf,
  plural,
} from "../../lib/format";
import { useDrillDown } from "../../sessions/DrillDown";
import { Changed } from "../../ui/Changed";
import { DomainName } from "../../ui/DomainName";
import { Figure } from "../../ui/Figure";
import { FlowName } from "../../ui/FlowName";
import { Badges } from "./Badges";
import { ROW_CLASS, type Standing, scoreNote, successNote, usageNote } from "./flows";

interface FlowRowProps {
  flow: Flow;
  before: Flow | undefined;
  standing: Standing | undefined;
  attention: AttentionFlow["reasons"] | undefined;
  tz: string;
  now: Date;
  index: number;
}

export const FlowRow = memo(function FlowRow({ flow, before, standing, attention, tz, now, index }: FlowRowProps) {
  const tint = standing ? ROW_CLASS[standing.place] : "";
  return (
    <tr
      data-standing={standing?.place}
      data-flow={flow.flow_id}
      data-index={index}
      data-low-sample={flow.low_sample || undefined}
      className={`${tint} ${flow.low_sample ? "text-muted" : ""}`}
    >
      <th scope="row" className="fpa-sticky sm:min-w-56">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <FlowName flow={flow} className="min-w-0 font-medium" />
          <Badges flow={flow} standing={standing} attention={attention} />
        </span>
      </th>
      <td className="min-w-28">
        {flow.domain ? <DomainName domain={flow.domain} /> : <span className="text-muted">{NOTHING}</span>}
      </td>
      <Usage flow={flow} before={before} />
      <td className="whitespace-nowrap text-right">
        {flow.last_matched_at === null ? (
          "never"
        ) : (
          <Figure note={formatInstant(flow.last_matched_at, tz)}>{formatDaysAgo(flow.last_matched_at, now, tz)}</Figure>
        )}
      </td>
      <Scores flow={flow} before={before} />
    </tr>
  );
});

type CellsProps = Pick<FlowRowProps, "flow" | "before">;

function Usage({ flow, before }: CellsProps) {
  const drill = useDrillDown();
  const { flow_id, success_rate: rate, ended_count: n } = flow;
  return (
    <>
      <td className="text-right">
        <Changed
          delta={before ? countDelta("neither", flow.usage_count, before.usage_count) : null}
          note={usageNote(flow)}
          onOpen={drill({ flow_id })}
        >
          {formatCount(flow.usage_count)}
        </Changed>
      </td>
      <td className="text-right">
        <Changed
          delta={before ? rateDelta("up", { rate, n }, { rate: before.success_rate, n: before.ended_count }) : null}
          note={successNote(flow)}
          onOpen={rate === null ? undefined : drill({ flow_id, status: "resolved" })}
          count={numeratorOf(rate, n)}
        >
          {formatRate(rate)}
        </Changed>
      </td>
    </>
  );
}

function Scores({ flow, before }: CellsProps) {
  const { avg_confidence: confidence, low_sample: few } = flow;
  const compared = before !== undefined && !few && !before.low_sample;
  return (
    <>
      <td className="text-right">
        <Figure
          note={
            confidence === null
              ? "No scored session"
              : `Mean of ${plural(flow.scored_count, "scored session")}: ${formatRateExactly(confidence)}`
          }
        >
          {confidence === null ? NOTHING : formatScore(confidence)}
        </Figure>
      </td>
      <td className="text-right">
        <Changed
          delta={compared ? unknownDelta("score", flow.quality_score, before.quality_score) : null}
          note={scoreNote(flow)}
          className={few ? "" : "font-semibold"}
        >
          {formatScore(flow.quality_score)}
        </Changed>
      </td>
    </>
  );
}
