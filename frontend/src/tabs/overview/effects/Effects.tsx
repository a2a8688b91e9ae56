import type { FlowEffects } from "../../../api/types";
import { formatRange } from "../../../lib/dates";
import { Card } from "../../../ui/Card";
import { LongTable } from "../../../ui/LongTable";
import { EffectRow } from "./EffectRow";

interface EffectsProps {
  effects: FlowEffects;
  /** The domain that the page is asked of; null: all. */
  domain: string | null;
}

const HEADINGS = ["Resolution", "Escalation", "Guided share"] as const;

/** Before and after each new flow, in its domain. An observation: other things change too. */
export function Effects({ effects, domain }: EffectsProps) {
  const { from, to, tz } = effects.period;
  const key = domain?.trim().toLowerCase();
  const flows = effects.flows.filter((flow) => key === undefined || flow.domain.toLowerCase() === key);
  return (
    <Card
      title="What new flows changed"
      hint={`Flows published ${formatRange(from, to)}: their domain in the 30 days before and the up to 30 days after. An observation, not a proof: other things change too.`}
      flush={flows.length > 0}
    >
      {flows.length === 0 ? (
        <p className="text-muted">No flow with a domain was published in these days.</p>
      ) : (
        <LongTable
          label="What new flows changed"
          rows={flows}
          rowKey={(flow) => flow.flow_id}
          order="newest"
          head={
            <>
              <th scope="col" className="fpa-sticky">
                Flow
              </th>
              <th scope="col">Verdict</th>
              <th scope="col" className="text-right">
                Sessions
              </th>
              {HEADINGS.map((heading) => (
                <th key={heading} scope="col" className="text-right">
                  {heading}
                </th>
              ))}
            </>
          }
        >
          {(flow, index) => <EffectRow flow={flow} index={index} tz={tz} />}
        </LongTable>
      )}
    </Card>
  );
}
