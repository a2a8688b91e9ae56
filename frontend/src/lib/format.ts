/** Numbers as the page prints them. Results arrive unrounded; rounding happens here and nowhere else. */

export const NOTHING = "–";

/** For paper: on one line, or at least each number with its unit. */
export const onOneLine = (text: string): string => text.replaceAll(" ", "\u00a0");
export const withUnits = (text: string): string => text.replaceAll(/(\d) (h|min)\b/g, "$1\u00a0$2");

const COUNT = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const ONE_DECIMAL = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });
const TWO_DECIMALS = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** A real minus sign, as wide as the plus. */
const typographic = (text: string): string => text.replace(/^-(?=[\d.]*[1-9])/, "−").replace(/^-/, "");

export function formatCount(value: number | null): string {
  return value === null ? NOTHING : typographic(COUNT.format(value));
}

/**
 * Whole percent, except where that would hide something: a rate that is not 0 or 1 never prints as such, and one that
 * would round onto a colour's bound keeps a decimal (75.4 % is green, 75 % is not).
 */
export function formatRate(rate: number | null, bounds: readonly number[] = []): string {
  if (rate === null) return NOTHING;
  const percent = rate * 100;
  const whole = Math.round(percent);
  if (Math.abs(percent - whole) < 1e-9) return `${whole}%`;
  if (whole === 0) return "<1%";
  if (whole === 100) return ">99%";
  if (!bounds.some((bound) => Math.abs(bound - whole) < 1e-9)) return `${whole}%`;
  const tenth = Math.round(percent * 10) / 10;
  if (tenth !== whole) return `${ONE_DECIMAL.format(tenth)}%`;
  return percent > whole ? `>${whole}%` : `<${whole}%`;
}

/** One decimal always, where the reader asked for detail. */
export function formatRateExactly(rate: number | null): string {
  return rate === null ? NOTHING : `${ONE_DECIMAL.format(rate * 100)}%`;
}

export function formatInterval(interval: { low: number; high: number } | null): string {
  if (interval === null) return NOTHING;
  return `${Math.round(interval.low * 100)}–${Math.round(interval.high * 100)}%`;
}

/** `45 s`, `12.5 min`, `3 h 20 min`. */
export function formatMinutes(minutes: number | null): string {
  if (minutes === null) return NOTHING;
  if (minutes < 0) return `−${formatMinutes(-minutes)}`;
  if (minutes > 0 && minutes < 1) return `${Math.round(minutes * 60)} s`;
  if (minutes < 100) return `${ONE_DECIMAL.format(minutes)} min`;
  const whole = Math.round(minutes);
  const rest = whole % 60;
  const hours = COUNT.format(Math.floor(whole / 60));
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** Decimal hours, as time is billed. */
export function formatHours(hours: number | null): string {
  if (hours === null) return NOTHING;
  const small = Math.abs(hours) < 10;
  const digits = small ? Math.round(hours * 100) / 100 : Math.round(hours * 10) / 10;
  const text = small
    ? new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 }).format(digits)
    : ONE_DECIMAL.format(digits);
  return `${typographic(text)} h`;
}

export function formatScore(score: number | null): string {
  return score === null ? NOTHING : TWO_DECIMALS.format(score);
}

export function formatRating(rating: number | null): string {
  return rating === null ? NOTHING : ONE_DECIMAL.format(rating);
}

/** The numerator behind a rate; the API sends the rate and its denominator. */
export function numeratorOf(rate: number | null, denominator: number): number {
  return rate === null ? 0 : Math.round(rate * denominator);
}

/** `1 session`, `2 sessions`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : many}`;
}

/** `46 of 50 ended sessions`: what every rate says on hover and focus. */
export function shareText(rate: number | null, denominator: number, noun: string): string {
  if (rate === null || denominator === 0) return `No ${noun}s in this period`;
  return `${formatCount(numeratorOf(rate, denominator))} of ${plural(denominator, noun)}`;
}

/** `4 to 20 h`: an interval of hours; null without one. */
export function formatHoursInterval(low: number | null, high: number | null): string | null {
  if (low === null || high === null) return null;
  return `${formatHours(low).replace(/ h$/, "")} to ${formatHours(high)}`;
}

export const UNNAMED = "Untitled flow";

export const flowName = ({ name }: { name: string | null }): string => name?.trim() || UNNAMED;
