/** Hours as money: what the reader or the host says an hour costs. */

export interface Rate {
  /** Of one hour. */
  amount: number;
  /** ISO 4217. */
  currency: string;
}

/** The currencies offered; any other can be typed. */
export const CURRENCIES = ["EUR", "USD", "GBP", "CHF", "CAD", "AUD"] as const;

/** A rate that can be counted with; null for anything else. */
export function rateOf(amount: unknown, currency: unknown): Rate | null {
  const value = typeof amount === "string" && amount.trim() !== "" ? Number(amount.replace(",", ".")) : amount;
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0 || value > 1e6) return null;
  if (typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency)) return null;
  return { amount: value, currency };
}

/** Whole units: hours are no more exact than that. */
export function formatMoney(hours: number, { amount, currency }: Rate): string {
  return new Intl.NumberFormat("en-GB", { style: "currency", currency, maximumFractionDigits: 0 })
    .format(hours * amount)
    .replace(/^-/, "−");
}

/** `€85.50 / h`: the rate itself is exact. */
export function rateText({ amount, currency }: Rate): string {
  const sum = new Intl.NumberFormat("en-GB", { style: "currency", currency, trailingZeroDisplay: "stripIfInteger" });
  return `${sum.format(amount)} / h`;
}

/** `€1,200 (€400 to €2,000)`; without an interval the sum alone, null without hours or rate. */
export function moneyText(
  hours: number | null,
  rate: Rate | null,
  interval: { low: number | null; high: number | null } = { low: null, high: null },
): string | null {
  if (hours === null || rate === null) return null;
  const sum = formatMoney(hours, rate);
  if (interval.low === null || interval.high === null) return sum;
  return `${sum} (${formatMoney(interval.low, rate)} to ${formatMoney(interval.high, rate)})`;
}
