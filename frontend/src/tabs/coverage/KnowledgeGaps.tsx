import { useState } from "react";
import type { Coverage, KnowledgeGap } from "../../api/types";
import { formatHours, plural } from "../../lib/format";
import { useDrillDown } from "../../sessions/DrillDown";
import { Card } from "../../ui/Card";
import { CreateFlow } from "../../ui/CreateFlow";
import { DomainName } from "../../ui/DomainName";
import { Figure } from "../../ui/Figure";
import { usePrinting } from "../../ui/useWindow";

export const REASON: Record<KnowledgeGap["reasons"][number], string> = {
  no_active_flow: "No active flow",
  low_guided_rate: "Guided below 30%",
  low_resolution_rate: "Resolution below 50%",
  high_escalation_rate: "Escalation above 25%",
};

/** Under this many sessions nothing is said of a domain. */
export const ENOUGH_SESSIONS = 5;
/** The heatmap below must not be pushed out of sight. */
const FIRST_GAPS = 5;

export function noGapsText({ domains }: Pick<Coverage, "domains">): string {
  return domains.some(({ session_count }) => session_count >= ENOUGH_SESSIONS)
    ? "None: every domain with enough sessions has flows that work."
    : `Nothing can be said: no domain had ${ENOUGH_SESSIONS} sessions in this period.`;
}

/** Where a flow would help most, by the hours that unguided work took. */
export function KnowledgeGaps({ coverage }: { coverage: Coverage }) {
  const [wanted, setWanted] = useState(false);
  const all = usePrinting() || wanted;
  const { knowledge_gaps: gaps } = coverage;
  if (gaps.length === 0) {
    return (
      <Card title="Knowledge gaps">
        <p className="text-muted">{noGapsText(coverage)}</p>
      </Card>
    );
  }
  const shown = all ? gaps : gaps.slice(0, FIRST_GAPS);
  return (
    <Card
      title="Knowledge gaps"
      hint="Domains that ask for a flow, by the hours spent in unguided sessions (at most 8 hours a session)"
      flush
    >
      <ol>
        {shown.map((gap) => (
          <Gap key={gap.domain} gap={gap} />
        ))}
      </ol>
      {gaps.length > FIRST_GAPS && (
        <p className="fpa-no-print border-t border-line px-4 py-2.5 sm:px-5">
          <button
            type="button"
            className="fpa-button fpa-button-small"
            aria-expanded={all}
            onClick={() => setWanted(!wanted)}
          >
            {all ? `Show the first ${FIRST_GAPS}` : `Show all ${gaps.length} gaps`}
          </button>
        </p>
      )}
    </Card>
  );
}

function Gap({ gap }: { gap: KnowledgeGap }) {
  const drill = useDrillDown();
  const { domain, reasons, impact_hours, session_count, unguided_ended_count: unguided } = gap;
  return (
    <li
      data-gap={domain}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-2.5 last:border-b-0 sm:px-5"
    >
      <DomainName domain={domain} className="w-full font-medium lg:w-44" />
      <span className="flex w-full min-w-0 flex-wrap gap-1.5 lg:w-auto lg:flex-1">
        {reasons.map((reason) => (
          <span key={reason} className="fpa-chip border-poor/30 bg-rose-500/10 text-poor">
            {REASON[reason]}
          </span>
        ))}
      </span>
      <span className="flex-1 text-xs text-muted lg:flex-none">
        <Figure
          note="Hours of ended sessions that were not guided, at most 8 of each"
          className="text-sm font-semibold text-ink"
        >
          {formatHours(impact_hours)}
        </Figure>{" "}
        in{" "}
        <Figure
          note="Ended sessions that were not guided: the hours are theirs"
          onOpen={drill({ domain, tier: "unguided", status: "ended" })}
          count={unguided}
          className="text-ink"
        >
          {plural(unguided, "ended unguided session")}
        </Figure>{" "}
        of{" "}
        <Figure note="All sessions of the domain" onOpen={drill({ domain })} count={session_count} className="text-ink">
          {plural(session_count, "session")}
        </Figure>
      </span>
      <CreateFlow domain={domain} />
    </li>
  );
}
