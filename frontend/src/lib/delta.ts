/** How a number moved against the previous period: the text, and whether that is good. */
import { formatCount, formatHours, formatMinutes } from "./format";

export type Unit = "rate" | "count" | "minutes" | "hours" | "score" | "rating";
export type GoodWhen = "up" | "down" | "neither";
export type Verdict = "better" | "worse" | "same" | "neutral";

export interface Delta {
  /** `+3.2 pp`, `−12 (−8%)`; `±0` where nothing changed as printed. */
  text: string;
  direction: "up" | "down" | "flat";
  verdict: Verdict;
}

const plain = (value: number, digits: number): string =>
  new Intl.NumberFormat("en-GB", { maximumFractionDigits: digits }).format(value);

function magnitude(unit: Unit, size: number): string {
  switch (unit) {
    case "rate":
      // Percentage points: 50 % to 55 % is 5 pp, never "10 %".
      return `${plain(size * 100, 1)} pp`;
    case "minutes":
      return formatMinutes(size);
    case "hours":
      return formatHours(size);
    case "score":
      return plain(size, 2);
    case "rating":
      return plain(size, 1);
    case "count":
      return formatCount(size);
  }
}

/** Null where either side has no value: nothing to compare is not a change of zero. */
export function deltaOf(unit: Unit, goodWhen: GoodWhen, current: number | null, previous: number | null): Delta | null {
  if (current === null || previous === null) return null;
  const change = current - previous;
  const size = magnitude(unit, Math.abs(change));
  if (!/[1-9]/.test(size)) return { text: "±0", direction: "flat", verdict: "same" };
  const direction = change > 0 ? "up" : "down";
  const sign = change > 0 ? "+" : "−";
  const relative = unit === "count" && previous > 0 ? ` (${sign}${plain(Math.abs(change / previous) * 100, 0)}%)` : "";
  const verdict = goodWhen === "neither" ? "neutral" : goodWhen === direction ? "better" : "worse";
  return { text: `${sign}${size}${relative}`, direction, verdict };
}
