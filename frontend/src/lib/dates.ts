/** Days and instants as the page prints them, in the time zone the answer was computed for. */

/** Unambiguous everywhere: 3 Mar 2026. */
const LOCALE = "en-GB";

const zoned = (tz: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  try {
    return new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: tz });
  } catch {
    // A zone that this browser does not know is still a zone of the API's.
    return new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: "UTC", timeZoneName: "short" });
  }
};

/** A calendar day has no zone; it is formatted as the UTC day it is written as. */
function formatIsoDay(day: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

export const formatDay = (day: string): string => formatIsoDay(day, { day: "numeric", month: "short" });

export const formatWeekday = (day: string): string =>
  formatIsoDay(day, { weekday: "short", day: "numeric", month: "short", year: "numeric" });

export const formatMonth = (day: string): string => formatIsoDay(day, { month: "short", year: "numeric" });

/** `25 Oct – 23 Nov 2026`, the year once where it can be. */
export function formatRange(from: string, to: string): string {
  const full = (day: string) => formatIsoDay(day, { day: "numeric", month: "short", year: "numeric" });
  if (from === to) return full(from);
  return from.slice(0, 4) === to.slice(0, 4) ? `${formatDay(from)} – ${full(to)}` : `${full(from)} – ${full(to)}`;
}

export function formatInstant(instant: string, tz: string): string {
  return zoned(tz, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(
    new Date(instant),
  );
}

export function formatTime(instant: string, tz: string): string {
  return zoned(tz, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date(instant));
}

/** `today`, `yesterday`, `12 days ago`, by the local days of `tz`. */
export function formatDaysAgo(instant: string | null, now: Date, tz: string): string {
  if (instant === null) return "never";
  const day = (value: Date) => {
    const parts = Object.fromEntries(
      zoned(tz, { year: "numeric", month: "2-digit", day: "2-digit" })
        .formatToParts(value)
        .map(({ type, value: text }) => [type, text]),
    );
    return Date.UTC(Number(parts.year), Number(parts.month) - 1, Number(parts.day)) / 86_400_000;
  };
  const days = day(now) - day(new Date(instant));
  if (days <= 0) return "today";
  return days === 1 ? "yesterday" : `${days} days ago`;
}

/** `just now`, `40 s`, `12 min`, `5 h`, `3 days`: how old the numbers are. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 5) return "just now";
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}

export const isIsoDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) &&
  new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

/** Today's calendar day in a zone, as YYYY-MM-DD. */
export function todayIn(tz: string, now: Date): string {
  const parts = Object.fromEntries(
    zoned(tz, { year: "numeric", month: "2-digit", day: "2-digit" })
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}`;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** How many calendar days a range holds, both ends included. */
export function daysIn(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000) + 1;
}
