/** 95 % intervals: of one proportion (Wilson) and of the difference of two (Newcombe's method 10). */

export interface Interval {
  low: number;
  high: number;
}

export const Z = 1.959963984540054;

const clamped = (value: number): number => Math.min(1, Math.max(0, value));

/** Null without a denominator. */
export function wilson(rate: number | null, n: number): Interval | null {
  if (rate === null || n === 0) return null;
  const spread = Z * Math.sqrt((rate * (1 - rate)) / n + (Z * Z) / (4 * n * n));
  const centre = rate + (Z * Z) / (2 * n);
  const scale = 1 + (Z * Z) / n;
  return { low: clamped((centre - spread) / scale), high: clamped((centre + spread) / scale) };
}

export interface Share {
  rate: number | null;
  /** How many the rate is of. */
  n: number;
}

/** Of `current - previous`; null where a side has no denominator. */
export function newcombe(current: Share, previous: Share): Interval | null {
  const now = wilson(current.rate, current.n);
  const then = wilson(previous.rate, previous.n);
  if (now === null || then === null || current.rate === null || previous.rate === null) return null;
  const change = current.rate - previous.rate;
  return {
    low: change - Math.hypot(current.rate - now.low, then.high - previous.rate),
    high: change + Math.hypot(now.high - current.rate, previous.rate - then.low),
  };
}

export const leavesOutZero = (interval: Interval): boolean => interval.low > 0 || interval.high < 0;

export const overlap = (a: Interval, b: Interval): boolean => a.low <= b.high && b.low <= a.high;
