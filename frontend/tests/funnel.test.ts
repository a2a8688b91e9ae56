import { expect, test } from "vitest";
import { stagePath, stagesOf } from "../src/lib/funnel";
import { trendPoints } from "../src/lib/trend";

test("the funnel's conversions are of the stage before, its shares of all", () => {
  const stages = stagesOf({ total_sessions: 500, linked_to_ticket: 380, doc_pushed: 350, time_entry_logged: 142 });
  expect(stages.map(({ conversion }) => conversion)).toEqual([null, 380 / 500, 350 / 380, 142 / 350]);
  expect(stages.map(({ ofAll }) => ofAll)).toEqual([1, 0.76, 0.7, 0.284]);
  expect(stages.map(({ filter }) => filter)).toEqual([null, "linked", "doc", "time"]);
});

test("an empty funnel converts nothing, rather than 0 %", () => {
  const stages = stagesOf({ total_sessions: 3, linked_to_ticket: 0, doc_pushed: 0, time_entry_logged: 0 });
  expect(stages.map(({ conversion }) => conversion)).toEqual([null, 0, null, null]);
  expect(
    stagesOf({ total_sessions: 0, linked_to_ticket: 0, doc_pushed: 0, time_entry_logged: 0 })[0]?.ofAll,
  ).toBeNull();
});

test("a stage is drawn as high as its share, and never invisible", () => {
  expect(stagePath(1, 0.5)).toBe("M0 0 H45 C75 0 75 25 100 25 V75 C75 75 75 100 45 100 H0 Z");
  expect(stagePath(0, 0)).toContain("M0 49.25");
});

test("only the cut last day is drawn apart, joined to the day before", () => {
  const day = (date: string, hours: number, partial = false) => ({ date, entries: hours * 2, hours, partial });
  const points = trendPoints([day("2026-03-16", 1), day("2026-03-17", 2), day("2026-03-18", 3, true)]);
  expect(points.map(({ hours }) => hours)).toEqual([1, 2, null]);
  expect(points.map(({ hoursSoFar }) => hoursSoFar)).toEqual([null, 2, 3]);
  expect(points.map(({ entriesSoFar }) => entriesSoFar)).toEqual([null, 4, 6]);
  expect(trendPoints([day("2026-03-17", 2)])[0]).toMatchObject({ hours: 2, hoursSoFar: null });
});
