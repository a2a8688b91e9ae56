/** How a number moved against the previous period: the text, and whether the change is one (metrics.md). */
import { formatCount, formatHours, formatMinutes } from "./format";
import { type Interval, leavesOutZero, newcombe, overlap, type Share, Z } from "./interval";

export type GoodWhen = "up" | "down" | "neither";
/** `chance`: within what chance alone does; `unknown`: no interval is known; `neutral`: real, and neither good nor bad. */
export type Verdict = "better" | "worse" | "neutral" | "chance" | "unknown" | "same";

export interface Delta {
  /** `+3.2 pp`, `−12 (−8%)`; `±0` where nothing changed as printed. */
  text: string;
  direction: "up" | "down" | "flat";
  verdict: Verdict;
  /** Why it has its colour, for the tooltip. */
  note: string;
}

/** Under this no share and no mean is compared: with four sessions anything happens. */
export const LEAST = 5;

const plain = (value: number, digits: number): string =>
  new Intl.NumberFormat("en-GB", { maximumFractionDigits: digits }).format(value);

const signed = (value: number, digits: number): string => `${value < 0 ? "−" : "+"}${plain(Math.abs(value), digits)}`;

interface Change {
  change: number;
  /** The size as printed, without its sign. */
  size: string;
  goodWhen: GoodWhen;
  /** Null: nothing is known about chance here. */
  real: boolean | null;
  relative?: string;
  basis?: string;
}

function delta({ change, size, goodWhen, real, relative = "", basis = "" }: Change): Delta {
  if (!/[1-9]/.test(size)) return { text: "±0", direction: "flat", verdict: "same", note: "No change" };
  const direction = change > 0 ? "up" : "down";
  const text = `${change > 0 ? "+" : "−"}${size}${relative}`;
  if (real === null) return { text, direction, verdict: "unknown", note: `Change ${text}${basis}` };
  if (!real) return { text, direction, verdict: "chance", note: `Change ${text}: within chance${basis}` };
  const verdict = goodWhen === "neither" ? "neutral" : goodWhen === direction ? "better" : "worse";
  return { text, direction, verdict, note: `Change ${text}: beyond chance${basis}` };
}

/** Null where a side has no value or fewer than five: nothing to compare is not a change of zero. */
export function rateDelta(goodWhen: GoodWhen, current: Share, previous: Share): Delta | null {
  const interval = newcombe(current, previous);
  if (interval === null || current.rate === null || previous.rate === null) return null;
  if (current.n < LEAST || previous.n < LEAST) return null;
  const change = current.rate - previous.rate;
  const basis = ` (95% interval ${signed(interval.low * 100, 1)} to ${signed(interval.high * 100, 1)} pp)`;
  // Percentage points: 50 % to 55 % is 5 pp, never "10 %".
  const size = `${plain(Math.abs(change) * 100, 1)} pp`;
  return delta({ change, size, goodWhen, real: leavesOutZero(interval), basis });
}

export function countDelta(goodWhen: GoodWhen, current: number | null, previous: number | null): Delta | null {
  if (current === null || previous === null) return null;
  const change = current - previous;
  const share = previous > 0 ? ` (${change > 0 ? "+" : "−"}${plain(Math.abs(change / previous) * 100, 0)}%)` : "";
  const real = Math.abs(change) > Z * Math.sqrt(current + previous);
  return delta({ change, size: formatCount(Math.abs(change)), goodWhen, real, relative: share });
}

export interface Mean {
  value: number | null;
  n: number;
}

const MEAN_SIZE = {
  minutes: formatMinutes,
  hours: formatHours,
  rating: (size: number) => plain(size, 1),
  score: (size: number) => plain(size, 2),
} as const;
export type MeanUnit = keyof typeof MEAN_SIZE;

/** Never coloured: the answers carry no spread of a mean. */
export function meanDelta(unit: MeanUnit, current: Mean, previous: Mean): Delta | null {
  if (current.value === null || previous.value === null) return null;
  if (current.n < LEAST || previous.n < LEAST) return null;
  return unknownDelta(unit, current.value, previous.value);
}

/** Sums of hours and scores: shown, never coloured. */
export function unknownDelta(unit: MeanUnit, current: number | null, previous: number | null): Delta | null {
  if (current === null || previous === null) return null;
  const change = current - previous;
  return delta({ change, size: MEAN_SIZE[unit](Math.abs(change)), goodWhen: "neither", real: null });
}

export interface Saved {
  hours: number | null;
  low: number | null;
  high: number | null;
}

const intervalOf = ({ low, high }: Saved): Interval | null => (low === null || high === null ? null : { low, high });

/** Hours saved: a change where the two intervals do not meet. */
export function savedDelta(current: Saved, previous: Saved): Delta | null {
  if (current.hours === null || previous.hours === null) return null;
  const change = current.hours - previous.hours;
  const [now, then] = [intervalOf(current), intervalOf(previous)];
  const real = now === null || then === null ? null : !overlap(now, then);
  const basis = real === null ? "" : real ? " (the intervals do not meet)" : " (the intervals overlap)";
  return delta({ change, size: formatHours(Math.abs(change)), goodWhen: "up", real, basis });
}
