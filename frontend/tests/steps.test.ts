import { describe, expect, test } from "vitest";
import type { TrendPoint } from "../src/api/types";
import { COURSES } from "../src/lib/courses";
import { drawnPoints, markersByPoint, sparkPath, stepFor } from "../src/lib/steps";

const point = (start: string, part: Partial<TrendPoint> = {}): TrendPoint => ({
  start,
  end: start,
  partial: false,
  session_count: 0,
  ended_count: 0,
  open_count: 0,
  resolution_rate: null,
  escalation_rate: null,
  abandonment_rate: null,
  guided_rate: null,
  classified_count: 0,
  guided_resolved_share: null,
  mttr_minutes: null,
  timed_count: 0,
  avg_rating: null,
  rated_count: 0,
  capture_rate: null,
  capture_eligible_count: 0,
  unlogged_hours: 0,
  ...part,
});

test.each([
  ["2026-03-01", "2026-03-31", "day"],
  ["2026-03-01", "2026-04-01", "week"],
  ["2026-01-01", "2026-06-29", "week"],
  ["2026-01-01", "2026-06-30", "month"],
])("%s to %s is drawn by %s", (from, to, step) => {
  expect(stepFor(from, to)).toBe(step);
});

describe("the drawn points", () => {
  const points = [
    point("2026-03-16", { session_count: 4, partial: true }),
    point("2026-03-17", { session_count: 7 }),
    point("2026-03-18", { session_count: 9 }),
    point("2026-03-19", { session_count: 2, partial: true }),
  ];
  const drawn = drawnPoints(points, points.slice(0, 2), COURSES.sessions, "day");

  test("draw a part apart from what is whole, and join the two", () => {
    expect(drawn.map(({ whole }) => whole)).toEqual([null, 7, 9, null]);
    expect(drawn.map(({ soFar }) => soFar)).toEqual([4, 7, 9, 2]);
  });

  test("stand beside the previous period's", () => {
    expect(drawn.map(({ before }) => before)).toEqual([4, 7, null, null]);
  });

  test("say what a rate rests on, and nothing of a count", () => {
    expect(drawn[0]?.basis).toBeNull();
    const rates = drawnPoints(
      [point("2026-03-17", { ended_count: 5, resolution_rate: 0.4 })],
      [],
      COURSES.resolution,
      "day",
    );
    expect(rates[0]).toMatchObject({ whole: 0.4, basis: 5 });
  });

  test("carry the flows published in them", () => {
    const marker = (date: string) => ({ date, flow_id: date, name: null, domain: null });
    const weeks = [
      { ...point("2026-03-09"), end: "2026-03-15" },
      { ...point("2026-03-16"), end: "2026-03-22" },
    ];
    const found = markersByPoint(weeks, [marker("2026-03-15"), marker("2026-03-16"), marker("2026-03-30")]);
    expect([...found].map(([start, markers]) => [start, markers.length])).toEqual([
      ["2026-03-09", 1],
      ["2026-03-16", 1],
    ]);
  });
});

describe("a sparkline", () => {
  test.each([
    [[0, 10], "M0 20L100 0"],
    [[5, 5], "M0 10L100 10"],
    [[0, null, 10], "M0 20h.1M100 0h.1"],
    [[null, 0, 10], "M50 20L100 0"],
    [[3], "M50 10h.1"],
    [[], ""],
    [[null, null], ""],
  ])("through %j is %s", (values, path) => {
    expect(sparkPath(values, 100, 20)).toBe(path);
  });
});
