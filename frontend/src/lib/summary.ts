/** The report's summary: sentences made from the numbers, and only from what is beyond chance. */
import type { Coverage, DomainCoverage, FlowEffects, KnowledgeGap, Overview, Psa } from "../api/types";
import { countDelta, type Delta, rateDelta } from "./delta";
import { flowName, formatCount, formatHours, formatHoursInterval, formatRate, plural } from "./format";
import { type Interval, type Share, wilson } from "./interval";
import { moneyText, type Rate } from "./money";

export interface SummaryParts {
  overview: Overview;
  psa: Psa;
  coverage: Coverage;
  effects: FlowEffects;
  rate: Rate | null;
}

export function summaryOf({ overview, psa, coverage, effects, rate }: SummaryParts): string[] {
  return [
    sessions(overview),
    saved(overview, rate),
    ...changes(overview, psa),
    unlogged(psa, rate),
    ...gaps(coverage),
    ...published(effects),
  ].filter((sentence) => sentence !== null);
}

const isReal = (delta: Delta | null): delta is Delta =>
  delta !== null && (delta.verdict === "better" || delta.verdict === "worse" || delta.verdict === "neutral");

function sessions({ total_sessions: total, ended_count: ended, previous }: Overview): string {
  const change = previous ? countDelta("neither", total, previous.total_sessions) : null;
  const told = `${plural(total, "session")} began in this period, and ${formatCount(ended)} of them have ended`;
  if (!isReal(change) || !previous) return `${told}.`;
  const more = change.direction === "up" ? "more" : "fewer";
  return `${told}: ${more} than the ${formatCount(previous.total_sessions)} of the previous period.`;
}

/** Only where the whole interval is on one side of nothing. */
function saved({ time_saved: { hours, low, high } }: Overview, rate: Rate | null): string | null {
  if (hours === null || low === null || high === null || (low <= 0 && high >= 0)) return null;
  const money = moneyText(Math.abs(hours), rate);
  const worth = money === null ? "" : `, worth ${money}`;
  const what = hours > 0 ? "saved" : "took longer by";
  const interval = formatHoursInterval(low, high);
  return `Guided work ${what} ${formatHours(Math.abs(hours))} (95% interval ${interval})${worth}, compared with unguided sessions of the same domain; an observation, not a proof.`;
}

function changes(overview: Overview, psa: Psa): (string | null)[] {
  const { previous } = overview;
  if (!previous) return [];
  const of = (name: string, now: Share, then: Share, good: "up" | "down") => {
    const delta = rateDelta(good, now, then);
    if (!isReal(delta)) return null;
    const moved = delta.direction === "up" ? "rose" : "fell";
    return `${name} ${moved} from ${formatRate(then.rate)} to ${formatRate(now.rate)}, which is beyond chance.`;
  };
  const ended = (rate: number | null, answer: { ended_count: number }): Share => ({ rate, n: answer.ended_count });
  return [
    of(
      "The resolution rate",
      ended(overview.resolution_rate, overview),
      ended(previous.resolution_rate, previous),
      "up",
    ),
    of(
      "The escalation rate",
      ended(overview.escalation_rate, overview),
      ended(previous.escalation_rate, previous),
      "down",
    ),
    of(
      "The guided share",
      { rate: overview.guided_rate, n: overview.classified_count },
      { rate: previous.guided_rate, n: previous.classified_count },
      "up",
    ),
    psa.previous
      ? of(
          "The capture rate",
          { rate: psa.capture_rate, n: psa.capture_eligible_count },
          { rate: psa.previous.capture_rate, n: psa.previous.capture_eligible_count },
          "up",
        )
      : null,
  ];
}

function unlogged({ unlogged_session_count: count, unlogged_hours: hours }: Psa, rate: Rate | null): string | null {
  if (count === 0) return null;
  const money = moneyText(hours, rate);
  const worth = money === null ? "" : `, worth ${money}`;
  return `${formatHours(hours)} of work in ${plural(count, "resolved session")} with a ticket ${count === 1 ? "was" : "were"} not logged${worth}.`;
}

const MOST_NAMED = 3;

function gaps({ knowledge_gaps, domains }: Coverage): string[] {
  const rows = new Map(domains.map((domain) => [domain.domain, domain]));
  const sure = knowledge_gaps.filter((gap) => isSureGap(gap, rows.get(gap.domain)));
  if (sure.length === 0) return [];
  const named = sure.slice(0, MOST_NAMED).map((gap) => `${gap.domain} (${formatHours(gap.impact_hours)})`);
  const rest = sure.length > named.length ? ` and ${plural(sure.length - named.length, "other")}` : "";
  const ask = sure.length === 1 ? "One domain asks" : `${formatCount(sure.length)} domains ask`;
  return [`${ask} for flows, by the hours of unguided work: ${named.join(", ")}${rest}.`];
}

/** A domain without a flow is one; a low rate only where its whole interval lies beyond the bound. */
export function isSureGap({ reasons }: KnowledgeGap, row: DomainCoverage | undefined): boolean {
  if (reasons.includes("no_active_flow")) return true;
  if (!row) return false;
  const beyond = (interval: Interval | null, test: (interval: Interval) => boolean) =>
    interval !== null && test(interval);
  return reasons.some((reason) => {
    if (reason === "low_guided_rate") {
      return beyond(wilson(row.guided_rate, row.classified_count), ({ high }) => high < 0.3);
    }
    if (reason === "low_resolution_rate") {
      return beyond(wilson(row.resolution_rate, row.ended_count), ({ high }) => high < 0.5);
    }
    return beyond(wilson(row.escalation_rate, row.ended_count), ({ low }) => low > 0.25);
  });
}

function published({ flows }: FlowEffects): string[] {
  const named = (verdict: "better" | "worse") =>
    flows.filter((flow) => flow.verdict === verdict && flow.shared_with.length === 0);
  const sentence = (verdict: "better" | "worse") => {
    const found = named(verdict);
    if (found.length === 0) return null;
    const list = found.slice(0, MOST_NAMED).map((flow) => `${flowName(flow)} (${flow.domain})`);
    const rest = found.length > list.length ? ` and ${plural(found.length - list.length, "other")}` : "";
    return `After ${found.length === 1 ? "this flow was" : "these flows were"} published, ${found.length === 1 ? "its" : "their"} domain did ${verdict}, beyond chance: ${list.join(", ")}${rest}.`;
  };
  return [sentence("better"), sentence("worse")].filter((text) => text !== null);
}
