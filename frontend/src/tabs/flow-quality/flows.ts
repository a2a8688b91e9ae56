/** How the table reads the answer: column values, standing, and the words for a score. */
import type { AttentionFlow, Flow, FlowQuality } from "../../api/types";
import { flowName, formatInterval, formatRateExactly, formatScore, NOTHING, plural, shareText } from "../../lib/format";
import { type Sort, type Sortable, sortRows } from "../../lib/sort";
import type { FlowColumn } from "../../state/view";

function flowValue(flow: Flow, column: FlowColumn): Sortable {
  switch (column) {
    case "name":
      return flowName(flow);
    case "domain":
      return flow.domain;
    case "usage":
      return flow.usage_count;
    case "success_rate":
      return flow.success_rate;
    case "last_used":
      return flow.last_matched_at === null ? null : Date.parse(flow.last_matched_at);
    case "confidence":
      return flow.avg_confidence;
    case "quality":
      return flow.quality_score;
  }
}

/** The rows in the order on screen; the API's order breaks ties. */
export function sortFlows(flows: readonly Flow[], sort: Sort<FlowColumn>): Flow[] {
  return sortRows(flows, sort, flowValue);
}

export const CSV_COLUMNS = [
  "flow_id",
  "name",
  "is_archived",
  "domain",
  "usage_count",
  "ended_count",
  "open_count",
  "success_rate",
  "success_interval_low",
  "success_interval_high",
  "avg_confidence",
  "scored_count",
  "guided_rate",
  "classified_count",
  "last_matched_at",
  "lifetime_usage_count",
  "lifetime_success_rate",
  "recency_score",
  "quality_score",
  "low_sample",
] as const satisfies readonly (keyof Flow | `success_interval_${"low" | "high"}`)[];

export type Standing = { place: "top" | "bottom"; rank: number };

/** The API's own top and bottom five; the page ranks nothing itself. */
export function standings({ top_performers, bottom_performers }: FlowQuality): Map<string, Standing> {
  return new Map<string, Standing>([
    ...top_performers.map((flow, index): [string, Standing] => [flow.flow_id, { place: "top", rank: index + 1 }]),
    ...bottom_performers.map((flow, index): [string, Standing] => [flow.flow_id, { place: "bottom", rank: index + 1 }]),
  ]);
}

export const ROW_CLASS: Record<Standing["place"], string> = { top: "bg-emerald-400/10", bottom: "bg-rose-500/10" };

export const ATTENTION: Record<AttentionFlow["reasons"][number], string> = {
  low_success_rate: "success below 50%",
  never_matched: "never matched",
  unused_30_days: "unused 30+ days",
};

export type Reason = keyof typeof ATTENTION;

/** Which flows the table shows: those whose name holds the text, and that need attention for that reason. */
export interface FlowFilter {
  text: string;
  reason: Reason | "any" | null;
}

export const NO_FILTER: FlowFilter = { text: "", reason: null };

export function chosenFlows({ flows, needs_attention }: FlowQuality, { text, reason }: FlowFilter): Flow[] {
  const wanted = text.trim().toLowerCase();
  const reasons = reasonsByFlow(needs_attention);
  return flows.filter((flow) => {
    const own = reasons.get(flow.flow_id) ?? [];
    const asks = reason === null || (reason === "any" ? own.length > 0 : own.includes(reason));
    return asks && flowName(flow).toLowerCase().includes(wanted);
  });
}

export const reasonsByFlow = (flows: readonly AttentionFlow[]): Map<string, AttentionFlow["reasons"]> =>
  new Map(flows.map((flow) => [flow.flow_id, flow.reasons]));

export function successNote(flow: Flow): string {
  const lines = [shareText(flow.success_rate, flow.ended_count, "ended session")];
  if (flow.success_interval) lines.push(`95% interval ${formatInterval(flow.success_interval)}`);
  if (flow.low_sample) lines.push("Fewer than 5 ended sessions: read with care");
  return lines.join("\n");
}

/** The formula with this flow's numbers in it. */
export function scoreNote(flow: Flow): string {
  if (flow.quality_score === null) return "No score: no session of this flow has ended in the period";
  const lines = [
    `0.5 × success ${formatRateExactly(flow.success_rate)}`,
    `0.3 × guided ${flow.guided_rate === null ? `${NOTHING} (counts as 0)` : formatRateExactly(flow.guided_rate)}`,
    `0.2 × recency ${formatScore(flow.recency_score)}`,
    `= ${formatScore(flow.quality_score)}`,
  ];
  if (flow.success_interval) lines.push(`Success, 95% interval: ${formatInterval(flow.success_interval)}`);
  lines.push(`Guided: ${shareText(flow.guided_rate, flow.classified_count, "classified session")}`);
  if (flow.low_sample) lines.push("Fewer than 5 ended sessions: not ranked");
  return lines.join("\n");
}

export function usageNote(flow: Flow): string {
  const lifetime =
    flow.lifetime_success_rate === null ? "" : `, ${formatRateExactly(flow.lifetime_success_rate)} resolved`;
  return [
    `${plural(flow.ended_count, "session")} ended, ${flow.open_count} open in this period`,
    `All time: ${plural(flow.lifetime_usage_count, "match", "matches")}${lifetime}`,
  ].join("\n");
}
