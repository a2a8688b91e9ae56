import type { Flow, FlowQuality } from "../../api/types";
import { formatCount, formatScore, plural } from "../../lib/format";
import { Card } from "../../ui/Card";
import { Figure } from "../../ui/Figure";
import { FlowName } from "../../ui/FlowName";
import { ATTENTION, type FlowFilter, type Reason, scoreNote } from "./flows";

interface PerformersProps {
  quality: FlowQuality;
  /** Shows the flows that need attention for a reason. */
  onReason: (reason: NonNullable<FlowFilter["reason"]>) => void;
}

/** The two ends of the ranking, and what asks for a hand. */
export function Performers({ quality, onReason }: PerformersProps) {
  const { top_performers: top, bottom_performers: bottom, needs_attention: attention } = quality;
  return (
    <div className="grid items-stretch gap-3 md:grid-cols-3">
      <Ranking title="Top performers" flows={top} tone="text-good" />
      <Ranking title="Bottom performers" flows={bottom} tone="text-poor" />
      <Card
        title="Needs attention"
        hint={
          <Flows count={attention.length} reason="any" text={plural(attention.length, "flow")} onReason={onReason} />
        }
      >
        {attention.length === 0 && <p className="text-muted">No flow asks for a hand.</p>}
        <ul className="space-y-1.5">
          {(Object.keys(ATTENTION) as Reason[]).map((reason) => {
            const count = attention.filter((flow) => flow.reasons.includes(reason)).length;
            return count === 0 ? null : (
              <li key={reason} className="flex justify-between gap-3">
                <span className="first-letter:uppercase">{ATTENTION[reason]}</span>
                <Flows count={count} reason={reason} text={formatCount(count)} onReason={onReason} />
              </li>
            );
          })}
        </ul>
      </Card>
    </div>
  );
}

interface FlowsProps {
  count: number;
  reason: NonNullable<FlowFilter["reason"]>;
  text: string;
  onReason: PerformersProps["onReason"];
}

/** How many flows need attention, which shows them. */
function Flows({ count, reason, text, onReason }: FlowsProps) {
  if (count === 0) return text;
  const why = reason === "any" ? "that need attention" : `that need attention: ${ATTENTION[reason]}`;
  return (
    <button
      type="button"
      className="fpa-number min-w-6 text-right font-medium text-fair"
      data-reason={reason}
      data-count={count}
      aria-label={`Show ${plural(count, "flow")} ${why}`}
      onClick={() => onReason(reason)}
    >
      {text}
    </button>
  );
}

interface RankingProps {
  title: string;
  flows: readonly Flow[];
  tone: string;
}

function Ranking({ title, flows, tone }: RankingProps) {
  return (
    <Card title={title} hint="By quality score, at least 5 ended sessions">
      {flows.length === 0 && <p className="text-muted">Not enough flows to rank yet.</p>}
      <ol className="space-y-1">
        {flows.map((flow, index) => (
          <li key={flow.flow_id} className="flex items-center gap-2.5">
            <span className="w-3 text-xs text-muted">{index + 1}</span>
            <FlowName flow={flow} className="fpa-one-line min-w-0 flex-1" />
            <Figure note={scoreNote(flow)} className={`font-medium ${tone}`}>
              {formatScore(flow.quality_score)}
            </Figure>
          </li>
        ))}
      </ol>
    </Card>
  );
}
