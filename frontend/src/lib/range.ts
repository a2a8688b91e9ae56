/** What the custom range's form accepts, in the API's own terms, so that a mistake is named before it is sent. */
import { addDays, daysIn, isIsoDay } from "./dates";

export const FIRST_DAY = "1972-01-01";
export const MOST_DAYS = 400;

/** The reason the range cannot be asked for, or null. */
export function rangeProblem(from: string, to: string, today: string): string | null {
  if (!isIsoDay(from) || !isIsoDay(to)) return "Give both days.";
  if (from < FIRST_DAY) return "The first day cannot be before 1972.";
  if (from > to) return "The first day is after the last.";
  if (from > today) return "The first day is in the future.";
  if (daysIn(from, to) > MOST_DAYS) return `At most ${MOST_DAYS} days: this is ${daysIn(from, to)}.`;
  return null;
}

const MONDAY = 1;

/** The last whole weeks before this one, Monday to Sunday: compared with as many before, weekend falls on weekend. */
export function wholeWeeks(weeks: number, today: string): { from: string; to: string } {
  const sinceMonday = (new Date(`${today}T00:00:00Z`).getUTCDay() - MONDAY + 7) % 7;
  const monday = addDays(today, -sinceMonday);
  return { from: addDays(monday, -7 * weeks), to: addDays(monday, -1) };
}
