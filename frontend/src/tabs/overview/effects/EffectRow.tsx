import type { EffectSide, FlowEffect } from "../../../api/types";
import { formatRange } from "../../../lib/dates";
import { differenceText, VERDICT } from "../../../lib/effects";
import { formatCount, formatRate, NOTHING, plural } from "../../../lib/format";
import { rateNote } from "../../../lib/notes";
import { useDrillDown } from "../../../sessions/DrillDown";
import { DomainName } from "../../../ui/DomainName";
import { Figure } from "../../../ui/Figure";
import { FlowName } from "../../../ui/FlowName";

interface EffectRowProps {
  flow: FlowEffect;
  index: number;
  tz: string;
}

const RATES = [
  { key: "resolution_rate", n: "ended_count", noun: "ended session" },
  { key: "escalation_rate", n: "ended_count", noun: "ended session" },
  { key: "guided_rate", n: "classified_count", noun: "classified session" },
] as const;

export function EffectRow({ flow, index, tz }: EffectRowProps) {
  const { text, tone } = VERDICT[flow.verdict];
  const shared = flow.shared_with.length;
  return (
    <tr data-index={index} data-effect={flow.flow_id}>
      <th scope="row" className="fpa-sticky sm:min-w-52">
        <FlowName flow={flow} className="font-medium" />
        <p className="text-xs text-muted">
          <DomainName domain={flow.domain} />, {formatRange(flow.published_on, flow.published_on)}
          {flow.is_archived && ", archived"}
        </p>
      </th>
      <td>
        <span className={`fpa-chip ${tone}`}>{text}</span>
        {shared > 0 && (
          <p className="mt-1 text-xs text-muted">
            {plural(shared, "other flow")} came at the same time: what changed cannot be told apart
          </p>
        )}
      </td>
      <td className="whitespace-nowrap text-right">
        <Side flow={flow} side={flow.before} tz={tz} /> <Arrow /> <Side flow={flow} side={flow.after} tz={tz} />
      </td>
      {RATES.map((rate) => (
        <Rate key={rate.key} flow={flow} rate={rate} />
      ))}
    </tr>
  );
}

const Arrow = () => (
  <>
    <span aria-hidden="true">→</span>
    <span className="fpa-sr">then</span>
  </>
);

/** A side's sessions open the list of its own days. */
function Side({ flow, side, tz }: { flow: FlowEffect; side: EffectSide; tz: string }) {
  const drill = useDrillDown();
  const { from, to, session_count: count } = side;
  if (from === null || to === null) return <span className="text-muted">{NOTHING}</span>;
  return (
    <Figure
      note={`${formatRange(from, to)}: ${formatCount(side.ended_count)} ended`}
      onOpen={drill({ domain: flow.domain }, { from, to, tz })}
    >
      {formatCount(count)}
    </Figure>
  );
}

function Rate({ flow, rate: { key, n, noun } }: { flow: FlowEffect; rate: (typeof RATES)[number] }) {
  const { before, after, differences } = flow;
  const difference = differenceText(differences[key]);
  return (
    <td className="whitespace-nowrap text-right">
      <Figure note={rateNote(before[key], before[n], noun)}>{formatRate(before[key])}</Figure> <Arrow />{" "}
      <Figure note={rateNote(after[key], after[n], noun)}>{formatRate(after[key])}</Figure>
      {difference !== null && <p className="text-xs text-muted">{difference}</p>}
    </td>
  );
}
