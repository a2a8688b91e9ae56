/** What a rate says on hover, on focus and by a tap: what it is of, and how sure it is. */
import { formatInterval, shareText } from "./format";
import { wilson } from "./interval";

/** `46 of 50 ended sessions` and its 95 % interval. */
export function rateNote(rate: number | null, n: number, noun: string, rest = ""): string {
  const interval = wilson(rate, n);
  const share = `${shareText(rate, n, noun)}${rate === null ? "" : rest}`;
  return interval === null ? share : `${share}\n95% interval ${formatInterval(interval)}`;
}
