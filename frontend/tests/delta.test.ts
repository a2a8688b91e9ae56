import { describe, expect, test } from "vitest";
import {
  countDelta,
  type GoodWhen,
  type MeanUnit,
  meanDelta,
  rateDelta,
  savedDelta,
  unknownDelta,
  type Verdict,
} from "../src/lib/delta";

describe("a change of a rate", () => {
  const CASES: [GoodWhen, [number, number], [number, number], string, Verdict][] = [
    ["up", [56, 70], [48, 80], "+20 pp", "better"],
    ["down", [56, 70], [48, 80], "+20 pp", "worse"],
    ["neither", [56, 70], [48, 80], "+20 pp", "neutral"],
    ["up", [48, 80], [56, 70], "−20 pp", "worse"],
    // The same change with fewer sessions is within chance: 8/10 against 6/10.
    ["up", [8, 10], [6, 10], "+20 pp", "chance"],
    ["up", [5, 56], [1, 29], "+5.5 pp", "chance"],
    ["up", [5, 5], [0, 5], "+100 pp", "better"],
    ["up", [10, 20], [10, 20], "±0", "same"],
    ["up", [50_020, 100_000], [50_000, 100_000], "±0", "same"],
  ];
  test.each(CASES)("good %s, %j against %j, reads %s and is %s", (good, [a, m], [b, n], text, verdict) => {
    const delta = rateDelta(good, { rate: a / m, n: m }, { rate: b / n, n });
    expect([delta?.text, delta?.verdict]).toEqual([text, verdict]);
  });

  test.each([
    [4, 100],
    [100, 4],
  ])("is not told with %d against %d sessions", (m, n) => {
    expect(rateDelta("up", { rate: 1, n: m }, { rate: 0, n })).toBeNull();
  });

  test("needs both sides", () => {
    expect(rateDelta("up", { rate: null, n: 0 }, { rate: 0.5, n: 10 })).toBeNull();
    expect(rateDelta("up", { rate: 0.5, n: 10 }, { rate: null, n: 0 })).toBeNull();
  });

  test("says why it is grey", () => {
    const delta = rateDelta("up", { rate: 0.8, n: 10 }, { rate: 0.6, n: 10 });
    expect(delta?.note).toBe("Change +20 pp: within chance (95% interval −18.7 to +52.1 pp)");
  });
});

describe("a change of a count", () => {
  const CASES: [GoodWhen, number, number, string, Verdict][] = [
    ["neither", 110, 100, "+10 (+10%)", "chance"],
    ["neither", 160, 100, "+60 (+60%)", "neutral"],
    ["up", 90, 120, "−30 (−25%)", "worse"],
    ["up", 92, 120, "−28 (−23%)", "chance"],
    // |4 - 0| > 1.96 x 2, |3 - 0| < 1.96 x 1.73.
    ["down", 0, 4, "−4 (−100%)", "better"],
    ["down", 0, 3, "−3 (−100%)", "chance"],
    ["up", 5, 0, "+5", "better"],
    ["up", 7, 7, "±0", "same"],
  ];
  test.each(CASES)("good %s, to %d from %d, reads %s and is %s", (good, now, before, text, verdict) => {
    const delta = countDelta(good, now, before);
    expect([delta?.text, delta?.verdict]).toEqual([text, verdict]);
  });
});

describe("a change of a mean", () => {
  const CASES: [MeanUnit, number, number, string][] = [
    ["minutes", 12, 14.5, "−2.5 min"],
    ["minutes", 200, 80, "+2 h"],
    ["hours", 12.25, 10, "+2.25 h"],
    ["rating", 4.2, 4.4, "−0.2"],
    ["score", 0.8, 0.75, "+0.05"],
  ];
  test.each(CASES)("in %s to %d from %d reads %s and is never coloured", (unit, value, before, text) => {
    const delta = meanDelta(unit, { value, n: 1e6 }, { value: before, n: 1e6 });
    expect([delta?.text, delta?.verdict]).toEqual([text, "unknown"]);
    expect(unknownDelta(unit, value, before)).toEqual(delta);
  });

  test("is not told under five", () => {
    expect(meanDelta("minutes", { value: 12, n: 4 }, { value: 14, n: 50 })).toBeNull();
    expect(meanDelta("minutes", { value: 12, n: 50 }, { value: null, n: 0 })).toBeNull();
  });
});

describe("a change of the hours saved", () => {
  const saved = (hours: number | null, low: number | null, high: number | null) => ({ hours, low, high });
  test.each([
    [saved(20, 15, 25), saved(5, 1, 9), "+15 h", "better"],
    [saved(5, 1, 9), saved(20, 15, 25), "−15 h", "worse"],
    [saved(20, 9, 31), saved(5, 1, 9), "+15 h", "chance"],
    [saved(-2, -3, -1), saved(1, 0.5, 1.5), "−3 h", "worse"],
    [saved(20, null, null), saved(5, 1, 9), "+15 h", "unknown"],
  ] as const)("to %j from %j reads %s and is %s", (now, before, text, verdict) => {
    const delta = savedDelta(now, before);
    expect([delta?.text, delta?.verdict]).toEqual([text, verdict]);
  });

  test("needs both sides", () => {
    expect(savedDelta(saved(null, null, null), saved(5, 1, 9))).toBeNull();
  });
});
