/** The colour rules of the heatmap: which value is good, fair or poor, and the class its cell gets. */

export type Tone = "good" | "fair" | "poor";

export type TonedMetric = "resolution_rate" | "escalation_rate" | "guided_rate" | "flow_count";

/** Both bounds belong to "fair": 75 % resolved is still amber, and so is 50 %. */
const FAIR_RANGE: Record<Exclude<TonedMetric, "flow_count">, { from: number; to: number; above: Tone; below: Tone }> = {
  resolution_rate: { from: 0.5, to: 0.75, above: "good", below: "poor" },
  escalation_rate: { from: 0.1, to: 0.25, above: "poor", below: "good" },
  guided_rate: { from: 0.3, to: 0.6, above: "good", below: "poor" },
};

/** Null where there is no value: nothing measured is neither good nor bad. */
export function toneOf(metric: TonedMetric, value: number | null): Tone | null {
  if (value === null) return null;
  if (metric === "flow_count") {
    if (value >= 5) return "good";
    return value >= 1 ? "fair" : "poor";
  }
  const { from, to, above, below } = FAIR_RANGE[metric];
  if (value > to) return above;
  return value < from ? below : "fair";
}

/** The bounds of the rule as percentages, for formatting that must not blur them. */
export function boundsOf(metric: TonedMetric): readonly number[] {
  return metric === "flow_count" ? [] : [FAIR_RANGE[metric].from * 100, FAIR_RANGE[metric].to * 100];
}

export const CELL_CLASS: Record<Tone, string> = {
  good: "bg-emerald-400/10",
  fair: "bg-amber-400/10",
  poor: "bg-rose-500/10",
};

export const TEXT_CLASS: Record<Tone, string> = { good: "text-good", fair: "text-fair", poor: "text-poor" };

/** Said to those who do not see the colour. */
export const TONE_WORD: Record<Tone, string> = { good: "good", fair: "fair", poor: "poor" };

export interface TonedDomain {
  flow_count: number;
  resolution_rate: number | null;
  escalation_rate: number | null;
  guided_rate: number | null;
}

/** A domain with a red cell asks for a flow. */
export function hasPoorCell(domain: TonedDomain): boolean {
  return (["flow_count", "resolution_rate", "escalation_rate", "guided_rate"] as const).some(
    (metric) => toneOf(metric, domain[metric]) === "poor",
  );
}
