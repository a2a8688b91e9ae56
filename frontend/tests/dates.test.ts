import { describe, expect, test } from "vitest";
import * as dates from "../src/lib/dates";
import { rangeProblem } from "../src/lib/range";

const NOW = new Date("2026-03-18T15:00:00Z");

describe("days ago, by local days", () => {
  test.each([
    [null, "UTC", "never"],
    ["2026-03-18T00:00:00Z", "UTC", "today"],
    ["2026-03-17T23:59:59Z", "UTC", "yesterday"],
    ["2026-03-17T23:59:59Z", "Europe/Berlin", "today"],
    ["2026-03-18T03:00:00Z", "America/New_York", "yesterday"],
    ["2026-02-16T12:00:00Z", "UTC", "30 days ago"],
    ["2026-03-19T01:00:00Z", "UTC", "today"],
  ])("%s in %s is %s", (instant, tz, text) => {
    expect(dates.formatDaysAgo(instant, NOW, tz)).toBe(text);
  });
});

test.each([
  ["2026-03-12", "2026-03-18", "12 Mar – 18 Mar 2026"],
  ["2025-12-20", "2026-01-18", "20 Dec 2025 – 18 Jan 2026"],
  ["2026-03-18", "2026-03-18", "18 Mar 2026"],
])("%s to %s reads %s", (from, to, text) => {
  expect(dates.formatRange(from, to)).toBe(text);
});

test("instants are told in the zone of the answer", () => {
  expect(dates.formatInstant("2026-03-18T23:30:00Z", "Asia/Kathmandu")).toBe("19 Mar 2026, 05:15");
  expect(dates.formatTime("2026-03-18T15:04:05Z", "America/New_York")).toBe("11:04:05");
});

test("a zone this browser does not know is told in UTC, marked as such", () => {
  expect(dates.formatTime("2026-03-18T15:04:05Z", "Mars/Olympus")).toBe("15:04:05 UTC");
});

test.each([
  [-500, "just now"],
  [4_000, "just now"],
  [40_000, "40 s ago"],
  [12 * 60_000, "12 min ago"],
  [5 * 3_600_000, "5 h ago"],
  [3 * 86_400_000, "3 days ago"],
])("%s ms is %s", (age, text) => {
  expect(dates.formatAge(age)).toBe(text);
});

test.each([
  ["2026-02-28", true],
  ["2026-02-29", false],
  ["2024-02-29", true],
  ["2026-2-28", false],
  ["2026-13-01", false],
  ["", false],
])("%s is a day: %s", (text, expected) => {
  expect(dates.isIsoDay(text)).toBe(expected);
});

test("today is the zone's own", () => {
  expect(dates.todayIn("Pacific/Auckland", NOW)).toBe("2026-03-19");
  expect(dates.todayIn("UTC", NOW)).toBe("2026-03-18");
  expect(dates.addDays("2026-03-01", -1)).toBe("2026-02-28");
  expect(dates.daysIn("2026-02-27", "2026-03-01")).toBe(3);
});

describe("a custom range", () => {
  const TODAY = "2026-03-18";
  test.each([
    ["2026-03-01", "2026-03-18", null],
    ["2026-03-18", "2026-03-18", null],
    ["2025-02-12", "2026-03-18", null],
    ["2025-02-11", "2026-03-18", "At most 400 days: this is 401."],
    ["2026-03-02", "2026-03-01", "The first day is after the last."],
    ["2026-03-19", "2026-03-20", "The first day is in the future."],
    ["1971-12-31", "1972-01-05", "The first day cannot be before 1972."],
    ["", "2026-03-01", "Give both days."],
  ])("%s to %s: %s", (from, to, problem) => {
    expect(rangeProblem(from, to, TODAY)).toBe(problem);
  });
});
