import type { AttentionFlow, Flow } from "../../api/types";
import { formatDaysAgo, formatInstant } from "../../lib/dates";
import { deltaOf } from "../../lib/delta";
import { formatCount, formatRate, formatRateExactly, formatScore, NOTHING, plural } from "../../lib/format";
import { useDrillDown } from "../../sessions/DrillDown";
import { DeltaText } from "../../ui/DeltaText";
import { Figure } from "../../ui/Figure";
import { Icon } from "../../ui/Icon";
import { ATTENTION, nameOf, ROW_CLASS, type Standing, scoreNote, successNote, usageNote } from "./flows";

interface FlowRowProps {
  flow: Flow;
  before: Flow | undefined;
  standing: Standing | undefined;
  attention: AttentionFlow["reasons"] | undefined;
  tz: string;
  now: Date;
  onOpenFlow: (flowId: string) => void;
}

export function FlowRow({ flow, before, standing, attention, tz, now, onOpenFlow }: FlowRowProps) {
  const drill = useDrillDown();
  const name = nameOf(flow);
  const tint = standing ? ROW_CLASS[standing.place] : "";
  return (
    <tr
      data-standing={standing?.place}
      data-flow={flow.flow_id}
      data-low-sample={flow.low_sample || undefined}
      className={`${tint} ${flow.low_sample ? "text-muted" : ""}`}
    >
      <th scope="row" className="fpa-sticky sm:min-w-56">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <button type="button" className="fpa-number text-left font-medium" onClick={() => onOpenFlow(flow.flow_id)}>
            {name}
          </button>
          <Badges flow={flow} standing={standing} attention={attention} />
        </span>
      </th>
      <td className="text-right">
        <span className="inline-flex flex-wrap items-center justify-end gap-x-2 sm:flex-nowrap">
          <DeltaText quiet delta={before ? deltaOf("count", "neither", flow.usage_count, before.usage_count) : null} />
          <Figure note={usageNote(flow)} onOpen={drill(name, { flow_id: flow.flow_id })}>
            {formatCount(flow.usage_count)}
          </Figure>
        </span>
      </td>
      <td className="text-right">
        <span className="inline-flex flex-wrap items-center justify-end gap-x-2 sm:flex-nowrap">
          <DeltaText quiet delta={before ? deltaOf("rate", "up", flow.success_rate, before.success_rate) : null} />
          <Figure
            note={successNote(flow)}
            onOpen={
              flow.success_rate === null
                ? undefined
                : drill(`${name}: resolved sessions`, { flow_id: flow.flow_id, status: "resolved" })
            }
          >
            {formatRate(flow.success_rate)}
          </Figure>
        </span>
      </td>
      <td className="whitespace-nowrap text-right">
        {flow.last_matched_at === null ? (
          "never"
        ) : (
          <Figure note={formatInstant(flow.last_matched_at, tz)}>{formatDaysAgo(flow.last_matched_at, now, tz)}</Figure>
        )}
      </td>
      <td className="text-right">
        <Figure
          note={
            flow.avg_confidence === null
              ? "No scored session"
              : `Mean of ${plural(flow.scored_count, "scored session")}: ${formatRateExactly(flow.avg_confidence)}`
          }
        >
          {flow.avg_confidence === null ? NOTHING : formatScore(flow.avg_confidence)}
        </Figure>
      </td>
      <td className="text-right">
        <span className="inline-flex flex-wrap items-center justify-end gap-x-2 sm:flex-nowrap">
          <DeltaText quiet delta={before ? deltaOf("score", "up", flow.quality_score, before.quality_score) : null} />
          <Figure note={scoreNote(flow)} className={flow.low_sample ? "" : "font-semibold"}>
            {formatScore(flow.quality_score)}
          </Figure>
        </span>
      </td>
    </tr>
  );
}

type BadgesProps = Pick<FlowRowProps, "flow" | "standing" | "attention">;

function Badges({ flow, standing, attention }: BadgesProps) {
  return (
    <>
      {standing && (
        <span
          className={`fpa-chip ${standing.place === "top" ? "border-good/40 text-good" : "border-poor/40 text-poor"}`}
        >
          {standing.place === "top" ? "Top" : "Bottom"} {standing.rank}
        </span>
      )}
      {attention && (
        <span className="fpa-chip border-fair/40 text-fair">
          <Icon name="warning" size={10} />
          Needs attention: {attention.map((reason) => ATTENTION[reason]).join(", ")}
        </span>
      )}
      {flow.is_archived && <span className="fpa-chip text-muted">Archived</span>}
      {flow.low_sample && flow.ended_count > 0 && <span className="fpa-chip text-muted">Few sessions</span>}
    </>
  );
}
