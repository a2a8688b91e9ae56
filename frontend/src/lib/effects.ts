/** What a new flow changed, in words. */
import type { Difference, FlowEffect } from "../api/types";

export const VERDICT: Readonly<Record<FlowEffect["verdict"], { text: string; tone: string }>> = {
  better: { text: "Better", tone: "border-good/40 text-good" },
  worse: { text: "Worse", tone: "border-poor/40 text-poor" },
  mixed: { text: "Mixed", tone: "border-fair/40 text-fair" },
  no_clear_change: { text: "No clear change", tone: "text-muted" },
  too_early: { text: "Too early to tell", tone: "text-muted" },
};

const points = (value: number): string => {
  const size = (Math.abs(value) * 100).toFixed(0);
  return size === "0" ? "0" : `${value < 0 ? "−" : "+"}${size}`;
};

/** `+9 pp (−2 to +20)`. */
export const differenceText = (difference: Difference | null): string | null =>
  difference === null
    ? null
    : `${points(difference.value)} pp (${points(difference.low)} to ${points(difference.high)})`;
