import type { Overview } from "../../api/types";
import { countDelta } from "../../lib/delta";
import { formatCount, formatRate, plural } from "../../lib/format";
import { useDrillDown } from "../../sessions/DrillDown";
import { Card } from "../../ui/Card";
import { Changed } from "../../ui/Changed";

const TIERS = [
  { key: "guided", name: "Guided", hint: "followed a flow", colour: "bg-emerald-400" },
  { key: "exploring", name: "Exploring", hint: "partly covered", colour: "bg-sky-400" },
  { key: "discovery", name: "Discovery", hint: "new ground", colour: "bg-violet-400" },
  { key: "unclassified", name: "Unclassified", hint: "no tier yet", colour: "bg-slate-400" },
] as const;

/** The sessions by confidence tier: a bar of shares, and the counts in words. */
export function Tiers({ overview }: { overview: Overview }) {
  const drill = useDrillDown();
  const { confidence_tiers: tiers, total_sessions: total, previous } = overview;
  const share = (count: number) => (total === 0 ? null : count / total);
  return (
    <Card title="Confidence tiers" hint={`How ${plural(total, "session")} were handled, in shares of all of them`}>
      <div aria-hidden="true" className="flex h-3 gap-0.5 overflow-hidden rounded-full bg-raised">
        {TIERS.map(({ key, colour }) => (
          <span key={key} className={colour} style={{ width: `${(share(tiers[key]) ?? 0) * 100}%` }} />
        ))}
      </div>
      <ul className="mt-4 space-y-2.5">
        {TIERS.map(({ key, name, hint, colour }) => (
          <li key={key} className="flex items-center gap-2.5">
            <span aria-hidden="true" className={`size-2.5 rounded-sm ${colour}`} />
            <span className="min-w-0 flex-1">
              {name} <span className="text-xs text-muted max-sm:block">{hint}</span>
            </span>
            <Changed
              delta={previous ? countDelta("neither", tiers[key], previous.confidence_tiers[key]) : null}
              onOpen={drill({ tier: key })}
              note={`${formatCount(tiers[key])} of ${plural(total, "session")}`}
              className="font-medium"
            >
              {formatCount(tiers[key])}
            </Changed>
            <span className="w-10 text-right text-xs text-muted">{formatRate(share(tiers[key]))}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
